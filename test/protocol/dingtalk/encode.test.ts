import { appMessage, robotBody } from '../../../protocol/dingtalk/encode';

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
