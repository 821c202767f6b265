import fc from 'fast-check';
import { isRetryable, type FailureClass } from '../../../protocol/errors';
import { classify, classifyResponse } from '../../../protocol/wecom/errors';

const answer = (body: unknown, status = 200) => classify({ status, headers: {}, body });
const coded = (errcode: unknown, errmsg = 'words') => answer({ errcode, errmsg });

/** The codes of WeCom's documentation, as HTTP 200 carries them. */
const table: Array<[FailureClass, number[]]> = [
	['temporary', [-1, 45035]],
	['tokenExpired', [40014, 41001, 42001]],
	['badCredentials', [40001, 40013, 40091, 41002, 41004]],
	['rateLimited', [45009, 45033]],
	['tooLong', [45002, 830002]],
	['permissionDenied', [48001, 48002, 50002, 50003, 60011, 60020, 301002]],
	['targetGone', [40003, 46004, 60111, 81013, 93000, 93004, 93008, 846605, 846608]],
	[
		'badRequest',
		[
			40004, 40005, 40006, 40007, 40008, 40009, 40033, 40035, 40056, 40058, 41005, 42014, 42015,
			42016, 42017, 44004, 45001, 82001, 93017, 95007, 95018,
		],
	],
	['quotaExhausted', [95001]],
	['unclassified', [1, 99999]],
];

it.each(table.flatMap(([name, codes]) => codes.map((code) => [code, name] as const)))(
	'%d is %s',
	(code, failureClass) => {
		expect(coded(code)).toMatchObject({
			class: failureClass,
			code: String(code),
			message: 'words',
			cure: expect.stringMatching(/./),
		});
		expect(coded(String(code))).toEqual(coded(code));
	},
);

it('only what may work the next time counts as retryable', () => {
	const retryable = table.filter(([name]) => isRetryable(name)).flatMap(([, codes]) => codes);
	expect(retryable.sort((a, b) => a - b)).toEqual([-1, 45009, 45033, 45035]);
});

it('a frequency limit says how long to wait', () => {
	expect(coded(45009)?.retryAfterMs).toBe(60_000);
});

describe('an address that is not allowed', () => {
	it.each([
		['203.0.113.7', 'not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info'],
		['2001:db8::7', 'not allow to access, from ip: 2001:db8::7, more info at https://x'],
	])('is named in the cure: %s', (address, errmsg) => {
		const cure = coded(60020, errmsg)?.cure;
		expect(cure).toContain(`address ${address} `);
		expect(cure).toContain('企业可信IP');
	});

	it('is spoken of where WeCom does not name it', () => {
		expect(coded(60020, 'no')?.cure).toContain('address of this server');
	});
});

describe('what is no error', () => {
	it.each([
		['errcode 0', { errcode: 0, errmsg: 'ok' }],
		['errcode "0"', { errcode: '0' }],
	])('%s', (_, body) => {
		expect(answer(body)).toBeUndefined();
	});
});

describe('what is not WeCom’s', () => {
	it.each([
		['a page of a proxy', '<html>Sign in</html>'],
		['blanks', ' '],
		['a list', []],
		['a number', 0],
		['no body', ''],
		['nothing at all', undefined],
		['an empty object', {}],
		['words of a gateway', { code: 500, msg: 'gateway blocked' }],
		['a message without its code', { errmsg: 'ok' }],
	])('%s inside HTTP 200', (_, body) => {
		expect(answer(body)).toMatchObject({
			class: 'unclassified',
			cure: expect.stringContaining('proxy'),
		});
	});

	it.each([
		[502, 'temporary'],
		[504, 'unknownOutcome'],
		[404, 'badRequest'],
		[301, 'unclassified'],
	])('HTTP %d', (status, failureClass) => {
		expect(answer({ errcode: 0, errmsg: 'ok' }, status)).toMatchObject({ class: failureClass });
		expect(answer('<html></html>', status)).toMatchObject({
			class: failureClass,
			code: `HTTP ${status}`,
		});
	});
});

it('any answer gets a class or is a success', () => {
	const body = fc.oneof(
		fc.jsonValue(),
		fc.record({
			errcode: fc.oneof(fc.jsonValue(), fc.constant('constructor')),
			errmsg: fc.jsonValue(),
		}),
	);
	fc.assert(
		fc.property(body, fc.integer({ min: 200, max: 599 }), (value, status) => {
			const failure = answer(value, status);
			if (failure)
				expect(failure).toMatchObject({ class: expect.any(String), cure: expect.any(String) });
		}),
	);
});

describe('The address of an AI bot’s message', () => {
	const said = (body: unknown, status = 200) => classifyResponse({ status, headers: {}, body });

	it.each([40058, 846605, 99999])(
		'may have taken an answer where it refuses with %d',
		(errcode) => {
			expect(said({ errcode, errmsg: 'words' })).toMatchObject({
				class: 'unknownOutcome',
				code: String(errcode),
				message: 'words',
			});
		},
	);

	it.each([
		['a success', { errcode: 0 }, 200],
		['a fault', { errcode: -1 }, 200],
		['too fast', { errcode: 45009 }, 200],
		['a server in trouble', '', 503],
	])('says what everything else says: %s', (_, body, status) => {
		expect(said(body, status)).toEqual(answer(body, status));
	});

	it.each([[''], [undefined], [null], [{}]])('takes an answer also where it says %j', (body) => {
		expect(said(body)).toBeUndefined();
		expect(said(body, 502)).toMatchObject({ class: 'temporary' });
	});

	it.each([[{ code: 500, msg: 'gateway blocked' }], ['<html>'], [[]]])(
		'may have taken an answer where somebody else says %j',
		(body) => expect(said(body)).toMatchObject({ class: 'unknownOutcome' }),
	);
});
