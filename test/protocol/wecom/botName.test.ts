import fc from 'fast-check';
import { NameLearner, withoutOwnMention } from '../../../protocol/wecom/botName';

describe('A bot’s mention, whose name is known,', () => {
	it.each([
		['Claw Bot', '@Claw Bot /help', '/help'],
		['Claw Bot', '@Claw Bot /dlq', '/dlq'],
		['Claw Bot', '@Claw Bot', ''],
		['Claw Bot', '@Claw Bot  /help', '/help'],
		['Claw Bot', '@Claw Bot\u2005/help', '/help'],
		['Claw Bot', '\u200b@Claw Bot \u200b/help', '/help'],
		['Claw Bot', '@Claw Bot\n/help', '/help'],
		['Claw Bot', '你好 @Claw Bot', '你好'],
		['Claw Bot', '@李四 @Claw Bot 看看', '@李四 看看'],
		['Claw Bot', '@Claw Bot @Claw Bot hi', 'hi'],
		['小助手', '@小助手你好', '你好'],
		['小助手', '@小助手 你好', '你好'],
		['ClawBot', '@ClawBot你好', '你好'],
		['ClawBot', '@ClawBot, /help', '/help'],
		['小助手', '@小助手：你好', '你好'],
		['ClawBot', 'hi, @ClawBot, hi', 'hi, , hi'],
		['ClawBot', '@ClawBot what is a@ClawBot.com?', 'what is a@ClawBot.com?'],
		['ClawBot', 'see https://x.cn/@ClawBot/a @ClawBot', 'see https://x.cn/@ClawBot/a'],
		['小助手', '@小助手 a.b@小助手.cn', 'a.b@小助手.cn'],
		['ClawBot', '@ClawBots @ClawBot hi', '@ClawBots hi'],
		['C++ (test)', '@C++ (test) hi', 'hi'],
		['Bot', '@Bot line\n\n  code', 'line\n\n  code'],
	])('%s, is taken out of %j: %j', (name, said, text) => {
		expect(withoutOwnMention(said, name)).toBe(text);
	});

	it('is told by its form where it is not in the text: the bot has another name by now', () => {
		expect(withoutOwnMention('@NewName hi', 'Claw Bot')).toBe('hi');
	});
});

describe('A bot’s mention, whose name nobody knows,', () => {
	it.each([
		['@RobotA 你好', '你好'],
		['@RobotA\u2005你好 @李四', '你好 @李四'],
		['  @RobotA\n/help', '/help'],
		['@RobotA ', ''],
		['@ClawBot', ''],
		['@小助手', ''],
		['@Claw Bot /help', '/help'],
		['@Claw Bot /dlq list', '/dlq list'],
		['@My Claw Bot /help', '/help'],
		['@Claw Bot\n/help', '/help'],
		['@Claw Bot  hi there', 'hi there'],
		['@Claw Bot\u2005', ''],
		['@Claw Bot  ', ''],
		['@ClawBot\u2005', ''],
		['@Claw Bot\u2005hi there', 'hi there'],
		['\u200b@RobotA \ufeff/help', '/help'],
		['@RobotA read /etc/hosts', 'read /etc/hosts'],
		['@RobotA a/b', 'a/b'],
		['@RobotA what does the old word /x mean', 'what does the old word /x mean'],
		['你好 @RobotA', '你好 @RobotA'],
		['@RobotA你好', '@RobotA你好'],
		['@今天天气怎么样？', '@今天天气怎么样？'],
		['a@b.c is an address', 'a@b.c is an address'],
		['', ''],
	])('is told by its form in %j: %j', (said, text) => {
		expect(withoutOwnMention(said, undefined)).toBe(text);
	});

	it('is looked for in any text without haste or harm', () => {
		for (const said of ['@', '@a ', '@a b ', '@/', ' @ /a', '@Claw Bot ']) {
			const long = said.repeat(200_000);
			expect(withoutOwnMention(long, undefined).length).toBeLessThanOrEqual(long.length);
			expect(withoutOwnMention(long, 'Claw Bot').length).toBeLessThanOrEqual(long.length);
		}
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (said, name) => {
				const text = withoutOwnMention(said, name || undefined);
				expect(text).toBe(text.trim());
			}),
		);
	});
});

describe('A bot’s name is learned', () => {
	const learned = (...said: string[]): string | undefined => {
		const learner = new NameLearner();
		for (const one of said) learner.add(one);
		return learner.name;
	};

	/** So many that begin alike that it is no chance. */
	const many = (beginning: string): string[] =>
		Array.from({ length: 10 }, (_, count) => `${beginning} ${count}`);

	it.each<[string | undefined, string[]]>([
		['Claw Bot', ['@Claw Bot /help', '@Claw Bot /dlq']],
		['Claw Bot', ['@Claw Bot', ...many('@Claw Bot')]],
		['Claw Bot', ['@Claw Bot  hi']],
		['Claw Bot', ['@Claw Bot\u2005hi']],
		['Claw Bot', ['@Claw Bot\u2005']],
		['ClawBot', ['@ClawBot hi', '@ClawBot ho']],
		['ClawBot', ['@ClawBot hi', '@ClawBot hi', '@ClawBot']],
		['小助手', ['@小助手 你好', '@小助手 再见']],
		['Claw Bot', ['@李四 hi', ...many('@Claw Bot'), '@李四 ho @Claw Bot']],
		['Claw Bot', ['@Claw x @Claw Bot hi', ...many('@Claw Bot')]],
		// People begin alike, too.
		[undefined, ['@ClawBot How do I book?', '@ClawBot How can I file?']],
		[undefined, ['@小助手 请问 在吗', '@小助手 请问 几点']],
		[undefined, ['@ClawBot help', '@ClawBot help me']],
		[undefined, ['@ClawBot /dlq list', '@ClawBot /dlq help']],
		['ClawBot', ['@ClawBot How do I?', '@ClawBot How can I?', '@ClawBot lunch']],
		['ClawBot', ['@ClawBot /dlq list', '@ClawBot /dlq help', '@ClawBot /alert']],
		[undefined, []],
		[undefined, ['@Claw Bot hi']],
		[undefined, ['@Claw Bot hi', '@Claw Bot hi']],
		[undefined, ['@Claw Bot', '@Claw Bot']],
		[undefined, ['hi @Claw Bot', 'ho @Claw Bot']],
		[undefined, ['@one two three four five six', '@one two three four five seven']],
	])('to be %j from %j', (name, said) => {
		expect(learned(...said)).toBe(name);
	});

	it('so that the next mention is known as a whole', () => {
		const learner = new NameLearner();
		for (const said of ['@Claw Bot /help', '@Claw Bot /dlq', '@Claw Bot']) learner.add(said);
		expect(withoutOwnMention('@Claw Bot', learner.name)).toBe('');
		expect(withoutOwnMention('@Claw Bot hi there', learner.name)).toBe('hi there');
	});

	it('from as many messages as come, with bounded memory', () => {
		const learner = new NameLearner();
		for (let count = 0; count < 20_000; count++) learner.add(`@${count} a${count} b c d e`);
		for (let count = 0; count < 10; count++) learner.add(`@Claw Bot ${count}`);
		expect(
			JSON.stringify([
				...(learner as unknown as { followers: Map<string, unknown> }).followers.keys(),
			]).length,
		).toBeLessThan(200_000);
	});
});
