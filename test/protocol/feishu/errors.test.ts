import { isRetryable, type FailureClass } from '../../../protocol/errors';
import { classify, notSent } from '../../../protocol/feishu/errors';

const answer = (status: number, body: unknown, headers: Record<string, unknown> = {}) =>
	classify({ status, body, headers });

const TABLE: Array<[FailureClass, number[]]> = [
	['rateLimited', [99991400, 230020, 11232, 11233, 11247]],
	['temporary', [2200, 5000, 1500, 230049, 231015, 18121, 200810, 1, 1000040343]],
	['tokenExpired', [99991661, 99991663, 99991664, 99991665, 99991671, 20013]],
	['badCredentials', [10003, 10014, 10015, 20002, 99991668, 99991677, 19021, 514]],
	[
		'permissionDenied',
		[
			99991401, 99991672, 99991676, 99991679, 230027, 230006, 230013, 230018, 230035, 230038,
			230071, 231002, 231008, 19022, 403,
		],
	],
	['quotaExhausted', [99991403, 1000040350]],
	[
		'targetGone',
		[
			230002, 230011, 230019, 230029, 230031, 230034, 230053, 230110, 231003, 231004, 231005,
			232009, 200740, 200750, 300030, 19001,
		],
	],
	[
		'badRequest',
		[230001, 9499, 99992402, 230017, 230054, 230055, 230072, 231001, 234043, 300317, 11246, 19002],
	],
	['contentRejected', [230022, 230028, 19024]],
	['tooLong', [230025, 200860, 19036, 300305]],
];

/** The column "retry" of the platform's facts: yes after a pause. */
const RETRY = [
	99991400, 230020, 11232, 11233, 11247, 2200, 5000, 1500, 230049, 231015, 18121, 200810,
	1000040343, 1,
];

const cases = TABLE.flatMap(([failureClass, codes]) =>
	codes.map((code): [number, FailureClass] => [code, failureClass]),
);

it.each(cases)(
	'code %i is %s, with HTTP 400 and with 200, and has a cure',
	(code, failureClass) => {
		for (const status of [200, 400]) {
			const failure = answer(status, { code, msg: 'said' });
			expect(failure).toMatchObject({ class: failureClass, code: String(code), message: 'said' });
			expect(failure!.cure).toMatch(/^[A-Z].*\.$/);
			expect(isRetryable(failure!.class)).toBe(RETRY.includes(code));
		}
	},
);

it.each([
	['an answer of the API', { code: 0, msg: 'success', data: {} }],
	['an answer of a robot', { StatusCode: 0, StatusMessage: 'success', code: 0 }],
	['an answer of an old robot', { StatusCode: 0, StatusMessage: 'success' }],
	['a card update that has been made already', { code: 200770, msg: 'uuid conflict' }],
	['a file', Buffer.from('bytes')],
])('%s is a success', (_, body) => {
	expect(answer(200, body)).toBeUndefined();
});

it('an old robot’s code is read too', () => {
	expect(answer(200, { StatusCode: 19021, StatusMessage: 'sign match fail' })).toMatchObject({
		class: 'badCredentials',
		message: 'sign match fail',
	});
});

it('the rate limit says how long to wait', () => {
	const headers = { 'x-ogw-ratelimit-reset': '7' };
	for (const status of [429, 400]) {
		const failure = answer(status, { code: 99991400, msg: 'slow' }, headers);
		expect(failure).toMatchObject({ class: 'rateLimited', retryAfterMs: 7000 });
	}
	expect(answer(400, { code: 99991400 })!.retryAfterMs).toBe(1000);
});

it('the log id is handed on for the support, where no cut can reach it', () => {
	const failure = answer(400, { code: 1, msg: 'x'.repeat(500) }, { 'x-tt-logid': '2026AB' });
	expect(failure!.message).toMatch(/^\[log id 2026AB\] xxx/);
});

it.each([
	['ErrCode: 11310; ErrMsg: card action is lock', 'temporary'],
	['ErrCode: 1; ErrMsg: Service Internal Error', 'temporary'],
	['ErrCode: 11310; ErrMsg: element exceeds the limit', 'badRequest'],
])('230099 is told apart by its text: %s', (msg, failureClass) => {
	expect(answer(400, { code: 230099, msg })!.class).toBe(failureClass);
});

it.each<[number, unknown, FailureClass]>([
	[200, '<html>login</html>', 'unclassified'],
	[200, {}, 'unclassified'],
	[200, { code: 777777, msg: 'new' }, 'unclassified'],
	[400, { code: 777777, msg: 'new' }, 'unclassified'],
	[429, { code: 777777, msg: 'new' }, 'rateLimited'],
	[500, { code: 777777, msg: 'new' }, 'temporary'],
	[502, '<html>bad gateway</html>', 'temporary'],
	[504, '', 'unknownOutcome'],
	[404, '404 page not found', 'badRequest'],
])('HTTP %i with %j is %s', (status, body, failureClass) => {
	expect(answer(status, body)!.class).toBe(failureClass);
});

it('names of the object prototype are no codes', () => {
	expect(answer(400, { code: 'constructor', msg: '' })!.class).toBe('unclassified');
});

test('A success has its status, and an app’s message its id', () => {
	const said = (status: number) => classify({ status, headers: {}, body: { code: 0 } });
	expect(said(200)).toBeUndefined();
	expect(said(502)).toMatchObject({ class: 'temporary' });
	expect(notSent({ code: 0, data: { message_id: 'om_1' } })).toBeUndefined();
	for (const data of [undefined, null, {}, { message_id: '' }]) {
		expect(notSent({ code: 0, data })).toMatchObject({ class: 'unclassified' });
	}
});
