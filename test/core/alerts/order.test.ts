import fc from 'fast-check';
import type { AlertChannel } from '../../../core/alerts/contract';
import type { RuleRow } from '../../../core/alerts/rules';
import { busiestMinute, rule, Watch, type Cut } from './watch';

/*
 * Each channel hears of an alert what happened in the order in which it happened: a beginning first, an end
 * last, whatever was said or cut off meanwhile, or found no room.
 */

/** What happens in some minutes: the values of two hosts and of a crowd; what is said; a crash at the end. */
interface Happening {
	values: [a: number | null, b: number | null];
	/** Of so many other hosts that no minute has room for all messages about them; null: not measured. */
	crowd?: number | null;
	minutes: number;
	command: string;
	cut: Cut;
}

type Story = [rule: Partial<RuleRow>, happenings: Happening[]];

const happening = fc.record<Happening>({
	values: fc.tuple(
		fc.constantFrom(91, 91, 20, 20, null),
		fc.constantFrom(91, 91, 20, 20, 20, null),
	),
	minutes: fc.integer({ min: 1, max: 12 }),
	command: fc.constantFrom(
		...Array<string>(6).fill(''),
		'/alert ack all',
		'/alert silence 5m all',
		'/alert unsilence all',
		'/alert maintenance 7m all',
		'/alert maintenance 5m target=a',
		'/alert maintenance 2026-11-23T09:20 9m target=b',
		'/alert maintenance end all',
	),
	cut: fc.constantFrom<Cut>(
		'nothing',
		'nothing',
		'nothing',
		'saving',
		'sending',
		'half sent',
		'marking',
	),
});

const crowded = fc
	.tuple(happening, fc.constantFrom(91, 91, 20, null))
	.map(([each, crowd]): Happening => ({ ...each, crowd }));

const policy = fc.constantFrom<Partial<RuleRow>>(
	{ escalateTo: 'sms' },
	{ channels: 'wecom, sms', escalateTo: 'wecom, email' },
	{ channels: 'wecom', escalateTo: 'wecom', escalateAfterMinutes: 1 },
);

const story = (each: fc.Arbitrary<Happening>): fc.Arbitrary<Story> =>
	fc.tuple(policy, fc.array(each, { minLength: 3, maxLength: 12 }));

const EVERYWHERE: AlertChannel[] = ['email', 'sms', 'operations', 'wecom', 'dingtalk', 'feishu'];

const crowdOf = (value: number | null | undefined) =>
	value === null || value === undefined
		? []
		: Array.from({ length: 50 }, (_, n) => ({
				metric: 'freeMemoryMb',
				target: `${'挤'.repeat(56)}${n}`,
				value,
			}));

/** Lets a story happen, and then everything be well for long enough. */
function watchOf([fields, happenings]: Story): Watch {
	const everybody = rule({ name: 'All', metric: 'freeMemoryMb', channels: EVERYWHERE.join(', ') });
	const watch = new Watch([rule(fields), everybody]);
	let minute = 0;
	const tick = ({ values, crowd }: Pick<Happening, 'values' | 'crowd'>, cut: Cut): void => {
		const samples = values.map((value, index) => ({ target: 'ab'[index]!, value }));
		watch.at(minute++).tick([...samples, ...crowdOf(crowd)], cut);
	};
	for (const { values, crowd, minutes, command, cut } of happenings) {
		if (command) watch.say(command);
		for (let count = 1; count < minutes; count++) tick({ values, crowd }, 'nothing');
		tick({ values, crowd }, cut);
	}
	const wasCrowded = happenings.some(({ crowd }) => crowd !== undefined);
	for (let count = 0; count < 40; count++) {
		tick({ values: [20, 20], crowd: wasCrowded ? 20 : null }, 'nothing');
	}
	return watch;
}

/** What each target was told of on each channel, where that is out of order. */
function confused(watch: Watch): string[] {
	return (['wecom', 'sms', 'email'] as const).flatMap((channel) =>
		['a', 'b'].flatMap((target) => {
			const told = toldOf(watch, channel, target);
			return isInOrder(told) ? [] : [`${target} on ${channel}: ${told.join(', ')}`];
		}),
	);
}

/** Whether beginnings and ends alternate, and the last thing told is that it is over. */
function isInOrder(told: string[]): boolean {
	let open = false;
	for (const event of told) {
		if ((event === 'end' && !open) || (event === 'begin' && open)) return false;
		open = event === 'begin' || event === 'still';
	}
	return !open;
}

const toldOf = ({ sent }: Watch, channel: AlertChannel, target: string): string[] =>
	sent
		.filter((each) => each.channel === channel)
		.flatMap(({ title, text }) => eventsOf(title, text, target));

const WORDS: ReadonlyArray<readonly [word: string, event: string]> = [
	['仍在告警', 'still'],
	['无人确认', 'still'],
	['恢复', 'end'],
	['告警 Alert：', 'begin'],
];

/** What a message says of one target. */
function eventsOf(title: string, text: string, target: string): string[] {
	const names = (part: string): boolean =>
		new RegExp(`(^|[\\n，：\\s])${target}($|[ ,\\n])`, 'u').test(part);
	const eventIn = (words: string): string => WORDS.find(([word]) => words.includes(word))![1];
	const isReport = title.startsWith('维护结束');
	if (!isReport && !title.startsWith('告警 Alerts')) return names(title) ? [eventIn(title)] : [];
	return text.split('\n').flatMap((line, index, lines) => {
		if (index === 0 || !names(line)) return [];
		const event = eventIn(lines[index - 1]!);
		// What began in a window, and was over in it, its report alone tells.
		return [isReport && event === 'end' ? 'over' : event];
	});
}

function judge(told: Story): void {
	const watch = watchOf(told);
	expect(confused(watch)).toEqual([]);
	// What a crash kept back leaves on top of what leaves then.
	const isCalm = told[1].every(({ cut }) => cut === 'nothing');
	expect(isCalm ? busiestMinute(watch) : 0).toBeLessThanOrEqual(15);
	expect(watch.isQuiet).toBe(true);
}

/** Some minutes in which the two hosts have these values. */
const minutes = (
	count: number,
	values: Happening['values'],
	more: Partial<Happening> = {},
): Happening => ({ values, minutes: count, command: '', cut: 'nothing', ...more });

/** Stories that went wrong once. */
const STORIES: Array<[name: string, ...Story]> = [
	[
		'an end before the end of a silence, where a crash made both of them wait',
		{ escalateTo: 'sms' },
		[
			minutes(1, [91, 91], { cut: 'half sent' }),
			minutes(3, [91, 20], { command: '/alert silence 5m all', cut: 'marking' }),
			minutes(1, [91, 91], { cut: 'saving' }),
		],
	],
	[
		'a second beginning before the report of a window, which found no room',
		{ escalateTo: 'sms' },
		[
			minutes(5, [91, 91], { crowd: null }),
			minutes(6, [20, 91], { command: '/alert maintenance 7m all', crowd: 91 }),
			minutes(3, [91, 91], { crowd: 91 }),
		],
	],
	[
		'no end where the escalation went, as the alert came again in a window',
		{ escalateTo: 'sms' },
		[
			minutes(15, [91, 91]),
			minutes(6, [91, 20], { command: '/alert maintenance 2026-11-23T09:20 9m target=b' }),
			minutes(2, [91, 91]),
		],
	],
	[
		'the report of a window before the beginning that was told before the window',
		{},
		[
			minutes(1, [91, 20], { cut: 'sending' }),
			minutes(3, [20, 20], { command: '/alert maintenance 12m all', cut: 'sending' }),
			minutes(3, [20, 20], { cut: 'sending' }),
			minutes(3, [20, 20], { cut: 'sending' }),
			minutes(3, [20, 20], { cut: 'sending' }),
		],
	],
	[
		'an escalation before its beginning, on a page of both',
		{ escalateTo: 'wecom', escalateAfterMinutes: 1 },
		[minutes(9, [91, 91], { crowd: 91 })],
	],
];

describe('Tells of each end once, and of none that was not told to begin, whatever happens', () => {
	it('to two hosts', () => {
		fc.assert(fc.property(story(happening), judge), { numRuns: 60 });
	});

	it('to two hosts among many', () => {
		fc.assert(fc.property(story(crowded), judge), { numRuns: 10 });
	});

	it.each(STORIES)('not %s', (_name, ...told) => judge(told));

	it('but would tell of a beginning without an end, were it told before it is saved', () => {
		for (const cut of ['sending', 'saving, but sent'] as const) {
			const watch = watchOf([{}, [minutes(1, [91, 20], { cut })]]);
			expect([cut, confused(watch)]).toEqual([cut, cut === 'sending' ? [] : ['a on wecom: begin']]);
		}
	});
});
