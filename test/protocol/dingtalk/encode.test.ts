import {
	TEXT_LIMIT,
	appMessage,
	robotBody,
	robotTextLimit,
} from '../../../protocol/dingtalk/encode';
import { splitText } from '../../../protocol/text';

test('A text for a group robot carries its key and whom it mentions, in the text too', () => {
	const message = { format: 'text' as const, text: 'hi', mentionIds: ['u1', 'u2'] };
	expect(robotBody({ ...message, text: 'hi @u1' }, 'key')).toEqual({
		msgtype: 'text',
		text: { content: 'hi @u1\n@u2' },
		at: { atUserIds: ['u1', 'u2'], isAtAll: false },
		msgUuid: 'key',
	});
});

test('Everybody is mentioned as @所有人', () => {
	expect(robotBody({ format: 'text', text: 'hi', mentionAll: true }, 'key')).toMatchObject({
		text: { content: 'hi\n@所有人' },
		at: { isAtAll: true },
	});
});

test.each(['text', 'markdown'] as const)(
	'A %s with many mentions stays within the limit',
	(format) => {
		const mentionIds = Array.from({ length: 300 }, (_, index) => `manager"${1000 + index}`);
		const message = { format, title: 'T', mentionIds, text: 'line "1"\n'.repeat(5000) };
		const { max, sizeOf } = robotTextLimit(message);
		const [text = ''] = splitText(message.text, max, sizeOf);
		const size = Buffer.byteLength(JSON.stringify(robotBody({ ...message, text }, 'k'.repeat(32))));
		expect(size).toBeLessThanOrEqual(20_000);
		expect(size).toBeGreaterThan(15_000);
	},
);

test('Without mentions there is the whole room', () => {
	expect(robotTextLimit({ format: 'text', text: 'hi' })).toEqual(TEXT_LIMIT);
});

test('Mentions that leave no room for a text are refused', () => {
	const mentionIds = Array.from({ length: 2000 }, (_, index) => `manager${index}`);
	expect(() => robotTextLimit({ format: 'text', text: 'hi', mentionIds })).toThrow(
		'Too many mentions',
	);
});

test('Markdown keeps its line ends, outside code', () => {
	const text = '# Title\none\ntwo\n\n```\ncode\ncode\n```\nend';
	expect(robotBody({ format: 'markdown', text }, 'key')).toMatchObject({
		msgtype: 'markdown',
		markdown: { title: 'Title', text: '# Title  \none  \ntwo\n\n```\ncode\ncode\n```\nend' },
	});
});

test.each([
	['its own title', { title: ' Mine ', text: 'x' }, 'Mine'],
	['its first line with a letter', { text: '---\n> **Hello** you' }, 'Hello** you'],
	['a word where there is no letter', { text: '---' }, 'Message'],
	['forty characters at most', { text: '长'.repeat(50) }, '长'.repeat(40)],
])('The title of Markdown is %s', (_, message, title) => {
	expect(robotBody({ format: 'markdown', ...message }, 'key')).toMatchObject({
		markdown: { title },
	});
});

test('An app’s message is a template with its parameters as JSON', () => {
	expect(appMessage({ format: 'text', text: 'a "quote"\n' })).toEqual({
		msgKey: 'sampleText',
		msgParam: '{"content":"a \\"quote\\"\\n"}',
	});
	const { msgKey, msgParam } = appMessage({ format: 'markdown', text: '## Hi', title: 'T' });
	expect([msgKey, JSON.parse(msgParam)]).toEqual(['sampleMarkdown', { title: 'T', text: '## Hi' }]);
});
