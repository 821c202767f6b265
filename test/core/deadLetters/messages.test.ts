import { runCommand } from '../../../core/deadLetters/commands';
import { answerRequest } from '../../../core/deadLetters/page';
import { replay } from '../../../core/deadLetters/changes';
import { codeOf } from '../../../core/common/codes';
import type { OutgoingMessage } from '../../../protocol/outgoing';
import { examples } from '../../protocol/messages';
import { answerPayload, context, NOW, payloadIn, row } from './rows';

/* What operators see of each type of message, and what they can do with it. */

const NAMES: Readonly<Record<OutgoingMessage['type'], string>> = {
	text: '',
	markdown: '',
	image: '[图片 image]',
	file: '[文件 file]',
	audio: '[语音 audio]',
	video: '[视频 video]',
	card: '[卡片 card]',
	raw: '[平台原始消息 raw message]',
};

const csrf = 'a'.repeat(64);
const viewing = { ...context, csrf };
const letterOf = (content: OutgoingMessage) =>
	row({ payload: { unsent: { ...answerPayload().unsent!, content } } });

describe.each(examples)('Of a dead %s', (type, content) => {
	const letter = letterOf(content);
	const id = codeOf(letter.key, 24);
	const isText = type === 'text' || type === 'markdown';
	const command = (words: string) => runCommand(`/dlq ${words}`, [letter], context);
	const send = (body: object) =>
		answerRequest([letter], { query: {}, body: { csrf, ...body }, user: 'ops' }, viewing);
	const page = (query: object) =>
		answerRequest([letter], { query: { ...query }, body: {}, user: 'ops' }, viewing).html;

	it('the chat and the page show what it is and what it says', () => {
		for (const whole of [command(`show ${id}`).text, page({}), page({ id })]) {
			expect(whole).toContain(NAMES[type]);
			expect(whole).toContain(content.text);
		}
		const list = command('list').text;
		expect(list).toContain(NAMES[type]);
		expect(list).toContain(content.text.slice(0, 10));
	});

	it('a replay sends the same', () => {
		const outcome = replay(letter, { by: 'ops', now: NOW, dueAt: NOW, force: false });
		expect('row' in outcome && payloadIn(outcome.row).unsent!.content).toEqual(content);
		expect(payloadIn(command(`replay ${id}`).changes[0]).unsent!.content).toEqual(content);
	});

	it(isText ? 'an edit replaces the text' : 'an edit is refused in clear words', () => {
		const { changes, text } = command(`edit ${id} 新内容`);
		const edited = send({ action: 'edit', id, text: '新内容' });
		if (isText) {
			expect(payloadIn(changes[0]).unsent!.content).toEqual({ ...content, text: '新内容' });
			expect(payloadIn(edited.changes[0]).original).toEqual(content);
		} else {
			expect([changes, edited.changes]).toEqual([[], []]);
			expect(text).toContain('不能编辑');
			expect(edited).toMatchObject({ status: 409 });
			expect(edited.html).toContain('cannot be edited');
		}
		expect(page({ id }).includes('name="text"')).toBe(isText);
	});

	it('it can be discarded', () => {
		expect(command(`discard ${id} 过期`).changes).toMatchObject([{ status: 'discarded' }]);
	});
});

it('The words for a type are its own', () => {
	const names = Object.values(NAMES).filter((name) => name !== '');
	for (const [type, content] of examples) {
		const letter = letterOf(content);
		const shown = runCommand(`/dlq show ${codeOf(letter.key, 24)}`, [letter], context).text;
		expect(names.filter((name) => shown.includes(name))).toEqual(
			[NAMES[type]].filter((name) => name !== ''),
		);
	}
});

it('A card shows its buttons, and no secret in their addresses', () => {
	const letter = letterOf({
		type: 'card',
		title: 'Order 7',
		text: 'Approve?',
		buttons: [{ text: 'Open', url: 'https://example.com/orders/7?token=canary0123456789' }],
	});
	const { text } = runCommand(`/dlq show ${codeOf(letter.key)}`, [letter], context);
	expect(text).toContain('▸ Open: https://example.com/orders/7');
	expect(text).not.toContain('canary');
});

it('Of a damaged row the text is still seen', () => {
	const payload = { unsent: { ...answerPayload('报销').unsent!, seed: '' } };
	const letter = row({ payload });
	expect(runCommand('/dlq list', [letter], context).text).toContain('报销');
	expect(runCommand(`/dlq replay ${codeOf(letter.key)}`, [letter], context).changes).toEqual([]);
});
