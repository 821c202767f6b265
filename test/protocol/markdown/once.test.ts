import fc from 'fast-check';
import * as dingtalk from '../../../protocol/dingtalk/encode';
import * as feishu from '../../../protocol/feishu/encode';
import type { OutgoingMessage, TextMessage } from '../../../protocol/outgoing';
import * as wecom from '../../../protocol/wecom/encode';
import { toOlder } from '../../../protocol/wecom/markdown';
import { inBytes, partsOf, type Written } from '../../../protocol/written';

/*
 * A text is read as Markdown once. What is written for a platform is split and sent as it is: in most dialects it
 * means something else as Markdown.
 */

interface Way {
	write(message: OutgoingMessage): Written;
	encode(message: Written): unknown;
}
const app = { agentId: 1, idempotencyKey: '0'.repeat(32) };
const ways: Record<string, Way> = {
	'a DingTalk robot': {
		write: dingtalk.written,
		encode: (message) => dingtalk.robotBody(message, 'key'),
	},
	'a DingTalk app': { write: dingtalk.written, encode: dingtalk.appMessage },
	'a Feishu app': { write: feishu.written, encode: feishu.appMessage },
	'a Feishu robot': { write: feishu.robotWritten, encode: feishu.robotBody },
	'a WeCom robot': { write: wecom.robotWritten, encode: wecom.robotBody },
	'a WeCom app': {
		write: wecom.appWritten,
		encode: (message) => wecom.appBody(message, {}, app),
	},
	'a WeCom app with Markdown': {
		write: (message) => wecom.appWritten({ ...message, keepMarkdown: true } as TextMessage),
		encode: (message) => wecom.appBody(message, {}, app),
	},
	'a WeCom AI bot': { write: wecom.aiBotWritten, encode: wecom.aiBotBody },
};

/** All texts of a body, also those in JSON within it. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') {
		return value.startsWith('{"') ? textsIn(JSON.parse(value)) : [value];
	}
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const TEXTS = [
	'- a\n  - b\n    - c',
	'- a\n  - \\*Markdown\n  - *Markdown*',
	'1. a\n   - \\# b\n   - \\- c',
	'| a | b |\n|---|---|\n| \\# 1 | \\> 2 |',
	'# a\n\n\\# b\n\n\\* c',
	'```sh\n# a\n- b\n```',
	'\\`a\\` &amp;lt; \\[b\\](c)',
	'<font color="info">a</font>\n- b\n  - c',
];
const piece = fc.constantFrom(
	...['a', '**', '*', '`', '~~', '\\', '# ', '> ', '- ', '  - ', '1. ', '\n', '\n\n', '```\n'],
	...['| a | b |\n|---|---|\n| c | d |\n', '&amp;', '    ', '[r](u)', '<', '---'],
);
const anyText = fc.array(piece, { maxLength: 25 }).map((pieces) => `x${pieces.join('')}`);

describe.each(Object.entries(ways))('Through %s', (_, { write, encode }) => {
	const isSentAsWritten = (text: string): void => {
		const written = write({ type: 'markdown', text });
		expect(textsIn(encode(written))).toContain(written.text);
		for (const part of partsOf(written, inBytes(40))) {
			expect(textsIn(encode(part))).toContain(part.text);
		}
	};

	it.each(TEXTS)('%j is sent as it was written', isSentAsWritten);

	it('any text is sent as it was written', () => {
		fc.assert(fc.property(anyText, isSentAsWritten), { seed: 11, numRuns: 300 });
	});
});

it('Written a second time, a text loses its levels (control)', () => {
	const [levels = ''] = TEXTS;
	expect(toOlder(levels)).toBe('• a\n  • b\n    • c');
	expect(toOlder(toOlder(levels))).not.toBe(toOlder(levels));
});

describe('All parts of a text', () => {
	it('have the form of the whole, on Feishu and on WeCom', () => {
		const long = `${'word '.repeat(20)}\n\n`;
		const table = feishu.written({ type: 'markdown', text: `${long}| a |\n|---|\n| b |` });
		const types = partsOf(table, inBytes(60)).map((part) => feishu.appMessage(part).msg_type);
		expect(new Set(types)).toEqual(new Set(['interactive']));
		const text = `${long}<font color="info">a</font>`;
		const coloured = partsOf(wecom.robotWritten({ type: 'markdown', text }), inBytes(60));
		expect(coloured.length).toBeGreaterThan(1);
		for (const part of coloured) expect(wecom.robotBody(part)).toHaveProperty('markdown');
	});

	it('mention nobody but in the first one', () => {
		const mentionIds = ['zhangsan'];
		const of = (mark: string): string => `${'word '.repeat(20)}\n\n${mark}`;
		const nobody = (part: Written): Written => ({ ...part, mentionIds: undefined });
		const robot = wecom.robotWritten({ type: 'markdown', text: of('<@zhangsan>'), mentionIds });
		const last = partsOf(robot, inBytes(60)).at(-1)!;
		expect(textsIn(wecom.robotBody(nobody(last))).at(-1)).toContain('＜@zhangsan>');
		const tag = '<at user_id="zhangsan">Z</at>';
		const post = feishu.written({ type: 'markdown', text: of(tag), mentionIds });
		const end = partsOf(post, inBytes(60)).at(-1)!;
		expect(textsIn(feishu.appMessage(end))).toContain(tag);
		expect(textsIn(feishu.appMessage(nobody(end))).at(-1)).toContain('＜at user_id');
	});
});
