import fc from 'fast-check';
import {
	begin,
	cancel,
	isOpen,
	look,
	mayAsk,
	step,
	waitMs,
	type OpenRegistration,
	type RegistrationFlow,
} from '../../../core/registration/flow';
import type { RegistrationAnswer, RegistrationCode } from '../../../protocol/registration';
import { judged } from '../../interop/seeds';

const START = 1_800_000_000_000;
const code: RegistrationCode = {
	deviceCode: 'device-1',
	address: 'https://open.feishu.cn/x',
	expiresInMs: 600_000,
	intervalMs: 5000,
};
const waiting: RegistrationAnswer = { status: 'waiting' };
const granted: RegistrationAnswer = {
	status: 'granted',
	values: { appId: 'cli_1', appSecret: 'canary' },
	person: { id: 'ou_1' },
};
const gone: RegistrationAnswer = { status: 'unreachable', reason: 'ECONNRESET', mayPass: true };
const failed: RegistrationAnswer = { status: 'failed', reason: '用户拒绝授权', mayPass: true };

interface Asked {
	at: number;
	movedTo?: string;
	answer: RegistrationAnswer['status'];
}

/** Follows a flow as its users do; the last answer comes again and again. */
function follow(answers: RegistrationAnswer[], given = code) {
	const asked: Asked[] = [];
	let flow: RegistrationFlow = begin(given, START);
	let now = START;
	while (isOpen(flow)) {
		now = flow.nextAskAt;
		if (mayAsk(flow, now)) {
			const answer = answers[Math.min(asked.length, answers.length - 1)]!;
			asked.push({ at: now - START, movedTo: flow.movedTo, answer: answer.status });
			flow = step(flow, answer, now);
		} else {
			flow = look(flow, now);
		}
	}
	return { asked, ended: { ...flow, endedAt: flow.endedAt - START } };
}

describe('A scan', () => {
	it('is asked for at the platform’s interval until it is granted', () => {
		const { asked, ended } = follow([waiting, waiting, granted]);
		expect(asked.map(({ at }) => at)).toEqual([5000, 10_000, 15_000]);
		expect(ended).toEqual({ ending: 'granted', endedAt: 15_000, person: { id: 'ou_1' } });
	});

	it('is asked for 5 seconds more slowly each time the platform says so', () => {
		const slow: RegistrationAnswer = { status: 'slowDown' };
		const { asked } = follow([slow, slow, waiting, granted]);
		expect(asked.map(({ at }) => at)).toEqual([5000, 15_000, 30_000, 45_000]);
	});

	it('is asked for at the other site from the answer on that says so', () => {
		const { asked } = follow([waiting, { status: 'moved', to: 'lark' }, waiting, granted]);
		expect(asked.map(({ movedTo }) => movedTo)).toEqual([undefined, undefined, 'lark', 'lark']);
	});

	it('expires without an answer', () => {
		const { asked, ended } = follow([waiting]);
		expect(asked).toHaveLength(119);
		expect(ended).toEqual({ ending: 'expired', endedAt: 600_000 });
	});

	it.each(['denied', 'expired', 'failed', 'wrongApp'] as const)('ends as %s at once', (status) => {
		const { asked, ended } = follow([waiting, { status, reason: 'why' }]);
		expect(asked).toHaveLength(2);
		expect(ended).toEqual({ ending: status, endedAt: 10_000, reason: 'why' });
	});

	it.each([
		[gone, 'unreachable', 'ECONNRESET'],
		[failed, 'failed', '用户拒绝授权'],
	])(
		'is waited for two minutes longer where it may come yet (case %#)',
		(answer, ending, reason) => {
			expect(follow([waiting, answer]).ended).toEqual({ ending, endedAt: 130_000, reason });
		},
	);

	it('has all its time again after trouble that has passed', () => {
		const row = (length: number) => Array.from({ length }, () => gone);
		expect(follow([...row(24), waiting, ...row(24), granted]).ended.ending).toBe('granted');
		expect(follow([...row(25), waiting, granted]).ended.ending).toBe('unreachable');
	});

	it('says what the trouble is until it has passed', () => {
		const troubled = step(begin(code, START), failed, START + 5000);
		expect(troubled).toHaveProperty('trouble', {
			status: 'failed',
			reason: '用户拒绝授权',
			since: START + 5000,
		});
		expect(step(troubled, waiting, START + 10_000)).not.toHaveProperty('trouble');
	});

	it('counts where its grant comes after the expiry, and nothing else does', () => {
		const flow = begin(code, START);
		const late = START + 700_000;
		expect(step(flow, granted, late)).toHaveProperty('ending', 'granted');
		expect(step(flow, waiting, late)).toHaveProperty('ending', 'expired');
		expect(step(flow, gone, late)).toHaveProperty('ending', 'expired');
	});

	it('is not waited for where an operator cancels it, whatever comes then', () => {
		const cancelled = cancel(begin(code, START), START + 1);
		expect(cancelled).toEqual({ ending: 'cancelled', endedAt: START + 1 });
		expect(step(cancelled, granted, START + 2)).toBe(cancelled);
		expect(look(cancelled, START + 1e9)).toBe(cancelled);
		expect(mayAsk(cancelled, START + 1e9)).toBe(false);
		const done = step(begin(code, START), granted, START + 5000);
		expect(cancel(done, START + 6000)).toBe(done);
	});
});

describe('A clock that is set back', () => {
	const HOUR = 3_600_000;
	const flow = begin(code, START);

	it('keeps nobody from asking', () => {
		expect(waitMs(flow, START)).toBe(5000);
		expect(waitMs(flow, START + 5000)).toBe(0);
		expect(waitMs(flow, START + HOUR)).toBe(0);
		expect(mayAsk(flow, START - HOUR)).toBe(true);
		const asked = step(flow, waiting, START - HOUR) as OpenRegistration;
		expect(mayAsk(asked, START - HOUR)).toBe(false);
		expect(waitMs(asked, START - HOUR)).toBe(5000);
	});

	it('makes no code live longer', () => {
		const asked = step(flow, waiting, START - HOUR) as OpenRegistration;
		expect(asked.expiresAt - (START - HOUR)).toBeLessThanOrEqual(code.expiresInMs);
	});
});

const answers: fc.Arbitrary<RegistrationAnswer> = fc.oneof(
	{ weight: 4, arbitrary: fc.constant(waiting) },
	fc.constant<RegistrationAnswer>({ status: 'slowDown' }),
	fc.constant<RegistrationAnswer>({ status: 'moved', to: 'lark' }),
	fc.constant(granted),
	fc
		.record({
			status: fc.constantFrom('denied', 'expired', 'failed', 'wrongApp', 'unreachable' as const),
			reason: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
			mayPass: fc.constantFrom(true, true, true, undefined),
		})
		.map((trouble): RegistrationAnswer => trouble as RegistrationAnswer),
);

/** Somebody looks at a page, asks if the flow lets them, and gets an answer after a while; or cancels. */
const visits = fc.array(
	fc.record({
		waitMs: fc.oneof(fc.nat(3000), fc.nat(20_000), fc.nat(1_000_000)),
		answerMs: fc.oneof(fc.constant(0), fc.nat(20_000)),
		answer: answers,
		cancels: fc.integer({ min: 0, max: 30 }).map((number) => number === 0),
	}),
	{ maxLength: 80 },
);
const codes = fc.record({
	deviceCode: fc.constant('device-1'),
	address: fc.constant('https://open.feishu.cn/x'),
	expiresInMs: fc.integer({ min: 30_000, max: 600_000 }),
	intervalMs: fc.integer({ min: 1000, max: 30_000 }),
});

judged(
	'a flow asks when it may, ends by its expiry, is granted once and is over then',
	3000,
	fc.property(codes, visits, (given, sequence) => {
		let flow: RegistrationFlow = begin(given, START);
		let now = START;
		let earliest = START + given.intervalMs;
		let interval = given.intervalMs;
		let isOver = false;
		let grants = 0;
		for (const { waitMs, answerMs, answer, cancels } of sequence) {
			now += waitMs;
			// It is carried by a page, in between.
			flow = look(JSON.parse(JSON.stringify(flow)) as RegistrationFlow, now);
			if (isOver) expect(isOpen(flow)).toBe(false);
			if (now >= START + given.expiresInMs) expect(isOpen(flow)).toBe(false);
			if (cancels) flow = cancel(flow, now);
			if (mayAsk(flow, now)) {
				expect(isOver).toBe(false);
				expect(now).toBeGreaterThanOrEqual(Math.min(earliest, START + given.expiresInMs));
				now += answerMs;
				if (answer.status === 'slowDown') interval += 5000;
				earliest = now + interval;
				flow = step(flow, answer, now);
				if (!isOpen(flow) && flow.ending === 'granted') grants += 1;
			} else if (!isOpen(flow)) {
				// An answer to a question of before.
				const before = flow;
				flow = step(flow, answer, now);
				expect(flow).toBe(before);
			}
			isOver ||= !isOpen(flow);
			expect(JSON.parse(JSON.stringify(flow))).toEqual(flow);
			expect(JSON.stringify(flow)).not.toContain('canary');
			if (isOver) expect(JSON.stringify(flow)).not.toContain('device-1');
		}
		expect(grants).toBeLessThanOrEqual(1);
		const last = START + given.expiresInMs;
		expect(isOpen(look(flow, last))).toBe(false);
	}),
);

judged(
	'a flow that nobody disturbs ends by its expiry, after no more questions than its interval allows',
	500,
	fc.property(codes, fc.array(answers, { minLength: 1, maxLength: 400 }), (given, sequence) => {
		const { asked, ended } = follow(sequence, given);
		expect(ended.endedAt).toBeLessThanOrEqual(given.expiresInMs);
		expect(asked.length).toBeLessThanOrEqual(given.expiresInMs / given.intervalMs);
		expect(asked.filter(({ answer }) => answer === 'granted').length).toBeLessThanOrEqual(1);
	}),
);
