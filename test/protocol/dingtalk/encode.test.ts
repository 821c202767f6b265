import * as dingtalk from '../../../protocol/dingtalk/encode';
import type { OutgoingMessage } from '../../../protocol/outgoing';
import { partsOf } from '../../../protocol/written';

const { robotTextLimit, textLimit, written } = dingtalk;
const robotBody = (message: OutgoingMessage, key: string) =>
	dingtalk.robotBody(written(message), key);
const appMessage = (message: OutgoingMessage) => dingtalk.appMessage(written(message));

test('A message for a group robot carries its key and whom it mentions, in Markdown also in its text', () => {
	const message = { type: 'text' as const, text: 'hi @u1', mentionIds: ['u1', 'u2'] };
	const at = { atUserIds: ['u1', 'u2'], isAtAll: false };
	expect(robotBody(message, 'key')).toEqual({
		msgtype: 'text',
		text: { content: 'hi @u1' },
		at,
		msgUuid: 'key',
	});
	expect(robotBody({ ...message, type: 'markdown', title: 'T' }, 'key')).toEqual({
		msgtype: 'markdown',
		markdown: { title: 'T', text: 'hi @u1\n@u2' },
		at,
		msgUuid: 'key',
	});
});

test('Everybody is mentioned as @所有人', () => {
	const message = { text: 'hi', mentionAll: true };
	expect(robotBody({ type: 'text', ...message }, 'key')).toMatchObject({
		text: { content: 'hi' },
		at: { isAtAll: true },
	});
	expect(robotBody({ type: 'markdown', ...message }, 'key')).toMatchObject({
		markdown: { text: 'hi\n@所有人' },
		at: { isAtAll: true },
	});
});

test.each(['text', 'markdown'] as const)(
	'A %s with many mentions stays within the limit',
	(type) => {
		const mentionIds = Array.from({ length: 300 }, (_, index) => `manager"${1000 + index}`);
		const message = { type, title: 'T', mentionIds, text: 'line "1"\n'.repeat(5000) };
		const [part] = partsOf(written(message), robotTextLimit(message));
		const body = dingtalk.robotBody(part!, 'k'.repeat(32));
		const size = Buffer.byteLength(JSON.stringify(body));
		expect(size).toBeLessThanOrEqual(20_000);
		expect(size).toBeGreaterThan(15_000);
	},
);

test('Without mentions there is the whole room', () => {
	const message = { type: 'text', text: 'hi' } as const;
	expect(robotTextLimit(message)).toEqual(textLimit(message));
});

test('Mentions that leave no room for a text are refused', () => {
	const mentionIds = Array.from({ length: 2000 }, (_, index) => `manager${index}`);
	expect(() => robotTextLimit({ type: 'text', text: 'hi', mentionIds })).toThrow(
		'Too many mentions',
	);
});

test('Markdown keeps its line ends, outside code', () => {
	const text = '# Title\none\ntwo\n\n```\ncode\ncode\n```\nend';
	expect(robotBody({ type: 'markdown', text }, 'key')).toMatchObject({
		msgtype: 'markdown',
		markdown: { title: 'Title', text: '# Title  \none  \ntwo\n\n```\ncode\ncode\n```\nend' },
	});
});

test.each([
	['its own title', { title: ' Mine ', text: 'x' }, 'Mine'],
	['its first line with a letter', { text: '---\n> **Hello** you' }, 'Hello you'],
	['the words of its first code', { text: '```sh\nls -la\n```' }, 'ls -la'],
	['the head of its table', { text: '| a | b |\n|---|---|\n| 1 | 2 |' }, 'a b'],
	[
		'without addresses',
		{ text: 'see ![chart](https://x/y.png) and [this](https://x)' },
		'see chart and this',
	],
	['without marks of lists', { text: '- [ ] **one** `two`\n- x' }, '[ ] one two'],
	['without markup that mentions', { text: '<at id=all></at> hi' }, '＜at id=all>＜/at> hi'],
	['a word where there is no letter', { text: '---' }, 'Message'],
	['forty characters at most', { text: '长'.repeat(50) }, '长'.repeat(40)],
])('The title of Markdown is %s', (_, message, title) => {
	expect(robotBody({ type: 'markdown', ...message }, 'key')).toMatchObject({
		markdown: { title },
	});
});

test('An app’s message is a template with its parameters as JSON', () => {
	expect(appMessage({ type: 'text', text: 'a "quote"\n' })).toEqual({
		msgKey: 'sampleText',
		msgParam: '{"content":"a \\"quote\\"\\n"}',
	});
	const { msgKey, msgParam } = appMessage({ type: 'markdown', text: '## Hi', title: 'T' });
	expect([msgKey, JSON.parse(msgParam)]).toEqual(['sampleMarkdown', { title: 'T', text: '## Hi' }]);
});
