import fc from 'fast-check';
import * as dingtalk from '../../../protocol/dingtalk/encode';
import * as feishu from '../../../protocol/feishu/encode';
import type { OutgoingMessage, TextMessage } from '../../../protocol/outgoing';
import * as wecom from '../../../protocol/wecom/encode';
import { asPlainText } from '../../../protocol/written';

/*
 * What a model or a person wrote mentions nobody, on any route and in any format; the message's own fields do.
 */

type Said = Omit<TextMessage, 'type'>;
const app = { agentId: 1, idempotencyKey: '0'.repeat(32) };
const routes: Record<string, (message: OutgoingMessage) => unknown> = {
	'a DingTalk robot': (message) => dingtalk.robotBody(dingtalk.written(message), 'key'),
	'a DingTalk app': (message) => dingtalk.appMessage(dingtalk.written(message)),
	'a Feishu app': (message) => feishu.appMessage(feishu.written(message)),
	'a Feishu robot': (message) => feishu.robotBody(feishu.robotWritten(message)),
	'a WeCom robot': (message) => wecom.robotBody(wecom.robotWritten(message)),
	'a WeCom app': (message) => wecom.appBody(wecom.appWritten(message), {}, app),
	'a WeCom app with Markdown': (message) =>
		wecom.appBody(wecom.appWritten({ ...message, keepMarkdown: true } as TextMessage), {}, app),
	'a WeCom AI bot': (message) => wecom.aiBotBody(wecom.aiBotWritten(message)),
};

/** All texts of a body, also those in JSON within it. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') {
		return value.startsWith('{"') ? textsIn(JSON.parse(value)) : [value];
	}
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const SKIPPED = '[\\s\\p{Cc}\\p{Cf}]*';
const LIVE = new RegExp(`<${SKIPPED}/?${SKIPPED}(?:@|a${SKIPPED}t\\b)`, 'iu');

/** Anything that a platform could take for a mention. */
const live = (body: unknown): string[] => textsIn(body).filter((text) => LIVE.test(text));

const FORMS = [
	'<at user_id="all">x</at>',
	"<at user_id='all'></at>",
	'<at id=all></at>',
	'<at ids="ou_1,ou_2"></at>',
	'<AT ID=ALL></AT>',
	'< at id=all></ at >',
	'<at\tid=all></at>',
	'<at\nid=all></at>',
	'<at/>',
	'<at id=all',
	'\\<at id=all></at>',
	'&lt;at id=all&gt;&lt;/at&gt;',
	'&#60;at id=all&#62;',
	'# <at id=all></at>',
	'# <**at id=all**></at>',
	'<*at id=all*></at>',
	'<~~at id=all~~></at>',
	'**<at id=all></at>**',
	'[<at id=all></at>](https://x.y)',
	'[x](<at id=all>)',
	'[x](https://y "<at id=all></at>")',
	'![<at id=all></at>](https://x.y/z.png)',
	'![x][r]\n\n[r]: <at id=all>',
	'[unused]: /x "<at id=all></at>"',
	'> <at id=all></at>',
	'- <at id=all></at>',
	'| a | b |\n|---|---|\n| 1 | <at id=all></at> |',
	`${'| a | b |\n|---|---|\n| 1 | <at id=all></at> |\n\n'.repeat(7)}`,
	'<font color="red"><at id=all></at></font>',
	'<at user_id="ou_2">x</at><at user_id="all">y</at>',
	'<@zhangsan> hi',
	'<@all>',
	'< @zhangsan>',
	'<@zhangsan|张三>',
	'<font color="warning">3</font> <@zhangsan>',
	'<*@zhangsan*>',
	'&lt;@zhangsan&gt;',
	'<\u200bat id=all></at>',
	'<a\u200bt id=all></a\u2060t>',
	'<\u00ada\u00adt user_id="all">x</at>',
	'<\u0000at id=all></at>',
	'<\u3000at id=all></at>',
	'<&ZeroWidthSpace;at id=all></at>',
	'<&#97;t id=all></at>',
	'<\u200b@zhangsan>',
	'&LT;&commat;zhangsan>',
	'<![](x)at id=all></at>',
	'<[](x)at id=all></at>',
	'<**a**t id=all></at>',
	'<<at id=all></at>',
	'<at style=x id = "all" ></at>',
	'~~~<at id=all></at>\nx\n~~~',
	'``` <@zhangsan>\nx\n```',
	'a | <at id=all></at>\n--|--\nx | y',
];

describe.each(Object.entries(routes))('Through %s', (_, body) => {
	describe.each(['text', 'markdown'] as const)('as %s', (type) => {
		it.each(FORMS)('%j mentions nobody', (text) => {
			expect(live(body({ type, text: `hi ${text}` }))).toEqual([]);
			expect(live(body({ type, text, title: text }))).toEqual([]);
			const plain = asPlainText({ type: 'markdown', text });
			expect(live(body(plain!))).toEqual([]);
		});

		it('any text mentions nobody', () => {
			const piece = fc.constantFrom(
				'<',
				'at',
				' id=all',
				'>',
				'</at>',
				'@',
				'x',
				'*',
				'`',
				'\\',
				'&lt;',
				'\n',
				'|',
				'[',
				'](',
				')',
				'# ',
				'> ',
				'~~',
			);
			fc.assert(
				fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
					const text = pieces.join('').replace(/`/g, type === 'text' ? '`' : '');
					expect(live(body({ type, text: `a${text}` }))).toEqual([]);
				}),
				{ seed: 7, numRuns: 300 },
			);
		});
	});

	it('a card’s and a file’s words mention nobody', () => {
		const text = '<at user_id="all">x</at> <@all>';
		const buttons = [{ text, url: 'https://x.y' }];
		expect(live(body({ type: 'card', title: text, text, buttons }))).toEqual([]);
		expect(live(body({ type: 'file', text, media: { key: 'k' } }))).toEqual([]);
	});
});

describe('The message’s own fields', () => {
	const said: Said = { text: 'hi', mentionIds: ['ou_1'] };
	const content = (message: OutgoingMessage): string =>
		textsIn(routes['a Feishu app']!(message)).join(' ');

	it('mention people where the text does, and nobody else', () => {
		const text =
			'hi <at user_id="ou_1">A</at> <at user_id="all">all</at> <at user_id="ou_11">B</at>';
		const shown =
			'hi <at user_id="ou_1">A</at> ＜at user_id="all">all＜/at> ＜at user_id="ou_11">B＜/at>';
		for (const type of ['text', 'markdown'] as const) {
			expect(content({ ...said, type, text })).toContain(shown);
			expect(content({ ...said, type, text }).match(/ou_1\b/g)).toHaveLength(1);
		}
	});

	it('mention those of whom the text speaks in markup of another form', () => {
		const text = "hi <at user_id='ou_1'>A</at>";
		expect(content({ ...said, type: 'text', text })).toBe(
			'text hi ＜at user_id=\'ou_1\'>A＜/at>\n<at user_id="ou_1"></at>',
		);
	});

	it.each([
		['see @10 and a@1.com', 'see @10 and a@1.com\n@1'],
		['@1', '@1'],
		['hi @1, and', 'hi @1, and'],
		['hi @1.', 'hi @1.'],
		['@1.5 and @1-a and @1_', '@1.5 and @1-a and @1_\n@1'],
		['请@1看', '请@1看\n@1'],
		[
			'a+@1.com and https://x.y/@1 and https://x.y/?by=@1',
			'a+@1.com and https://x.y/@1 and https://x.y/?by=@1\n@1',
		],
	])('add to DingTalk’s Markdown %j what it lacks', (text, shown) => {
		const body = routes['a DingTalk robot']!({ type: 'markdown', text, mentionIds: ['1'] });
		expect(body).toMatchObject({ markdown: { text: shown }, at: { atUserIds: ['1'] } });
	});

	it('are shown once below a text of DingTalk’s, which shows them itself', () => {
		const said: TextMessage = { type: 'text', text: 'hello', mentionIds: ['zhangsan'] };
		const body = routes['a DingTalk robot']!(said);
		expect(body).toMatchObject({ text: { content: 'hello' }, at: { atUserIds: ['zhangsan'] } });
	});
});

describe('Within code', () => {
	const text = '`List<@NonNull T>`\n\n```java\nMap<@Nullable K, V> m;\n```';

	it.each([
		'a DingTalk robot',
		'a Feishu app',
		'a Feishu robot',
		'a WeCom robot',
		'a WeCom AI bot',
	])('%s shows what is no markup there as it is', (route) => {
		const shown = textsIn(routes[route]!({ type: 'markdown', text })).join('\n');
		expect(shown).toContain('Map<@Nullable K, V> m;');
		expect(shown).toContain('`List<@NonNull T>`');
	});

	it('Feishu’s tag is none', () => {
		const spaced = '```\n< at id=all> <\u200bat id=all>\n```';
		expect(textsIn(routes['a Feishu app']!({ type: 'markdown', text: spaced })).at(-1)).toBe(
			'```\n＜ at id=all> ＜\u200bat id=all>\n```',
		);
		const code = '```\n<at user_id="all">x</at> <atom>\n```';
		const [shown] = textsIn(routes['a Feishu app']!({ type: 'markdown', text: code })).slice(-1);
		expect(shown).toBe('```\n＜at user_id="all">x＜/at> <atom>\n```');
	});
});
