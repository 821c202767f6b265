import fc from 'fast-check';
import { readNonce } from '../../protocol/dingtalk/registration';
import {
	RegistrationError,
	reasonIn,
	wordIn,
	type RegistrationCode,
} from '../../protocol/registration';
import { judged } from '../interop/seeds';
import { ok, readingNames, readings, withAddress } from './registrations';

describe.each(readingNames)('A code of %s', (name) => {
	const reading = readings[name];

	it('is read from the platform’s answer', () => {
		expect(reading.readBegun(ok(reading.begun))).toEqual({
			deviceCode: 'device-1',
			address: reading.address,
			...reading.times,
		});
	});

	const problemOf = (body: unknown, changed?: Record<string, string>): string => {
		try {
			reading.readBegun(ok(body), changed);
			return 'none';
		} catch (error) {
			return (error as RegistrationError).problem;
		}
	};
	const host = new URL(reading.address).host;
	const local = 'http://127.0.0.1:9000';

	it.each([
		[`http://${host}/x`, 'foreignAddress'],
		[`https://${host}:8443/x`, 'foreignAddress'],
		[`https://${host}.example.com/x`, 'foreignAddress'],
		[`https://x${host.split('.').slice(-2).join('.')}/x`, 'foreignAddress'],
		[`https://example.com/${host}`, 'foreignAddress'],
		[`https://${host}@example.com/`, 'foreignAddress'],
		[`https://user@${host}/`, 'foreignAddress'],
		[`javascript://${host}/%0aalert(1)`, 'foreignAddress'],
		['weixin://dl/business', 'foreignAddress'],
		[`${local}/x`, 'foreignAddress'],
		[`https://${host}/${'x'.repeat(1200)}`, 'unreadable'],
		// An address is longer once its signs are encoded.
		[`https://${host}/${'码'.repeat(200)}`, 'unreadable'],
		[`https://${host}/?q=${'('.repeat(500)}`, name === 'feishu' ? 'unreadable' : 'none'],
		['no address', 'unreadable'],
		['', 'unreadable'],
		[undefined, 'unreadable'],
		[{ toString: 1 }, 'unreadable'],
		[`https://${host}/x`, 'none'],
		[`HTTPS://${host.toUpperCase()}/x`, 'none'],
	])('leads to the platform alone: %j is %s', (address, problem) => {
		expect(problemOf(withAddress(reading, address))).toBe(problem);
	});

	it('may lead to the place that was asked, as with a sandbox, and to the domains of the settings', () => {
		const asked = { registrationUrl: `${local}/base` };
		expect(problemOf(withAddress(reading, `${local}/scan`), asked)).toBe('none');
		expect(problemOf(withAddress(reading, 'http://127.0.0.1:9001/scan'), asked)).toBe(
			'foreignAddress',
		);
		// Every such address has the origin "null".
		const opaque = { registrationUrl: 'unix:/run/platform' };
		expect(problemOf(withAddress(reading, 'javascript:alert(1)'), opaque)).toBe('foreignAddress');
		const domains = { ...asked, codeDomains: 'example.com，example.org' };
		expect(problemOf(withAddress(reading, 'https://qr.Example.org/x'), domains)).toBe('none');
		expect(problemOf(reading.begun, domains)).toBe('foreignAddress');
	});

	it.each([
		[500, reading.begun, 'unreachable'],
		[200, '<html>', 'unreachable'],
		[200, [], 'unreachable'],
		[429, reading.begun, 'refused'],
	])('is none with status %i and %j', (status, body, problem) => {
		expect(() => reading.readBegun({ status, body })).toThrow(expect.objectContaining({ problem }));
	});
});

test.each([
	[600, 5, 600_000, 5000],
	['90', '2.5', 90_000, 2500],
	[1, 0.01, 30_000, 1000],
	[1e9, 1e9, 600_000, 60_000],
	[1e308, 40, 600_000, 40_000],
	[1, 1e308, 30_000, 15_000],
	[0, -1, 600_000, 5000],
	[null, {}, 600_000, 5000],
	['soon', NaN, 600_000, 5000],
])(
	'A code that lives for %j s and is asked for every %j s does so for %i and %i ms',
	(expires_in, interval, expiresInMs, intervalMs) => {
		const { begun, readBegun } = readings.feishu;
		const code = readBegun(ok({ ...begun, expires_in, interval }));
		expect(code).toMatchObject({ expiresInMs, intervalMs });
	},
);

describe.each(readingNames)('A grant of %s', (name) => {
	const { granted, values, readPolled } = readings[name];

	it('fills in the credential', () => {
		expect(readPolled(ok(granted))).toMatchObject({ status: 'granted', values });
	});

	it.each(['={{ $env.HOME }}', 'two words', '', 'x'.repeat(513), 'line\nbreak', '密钥', null, {}])(
		'has no secret like %j',
		(secret) => {
			const text = JSON.stringify(granted).replace('"S-1"', JSON.stringify(secret));
			expect(readPolled(ok(JSON.parse(text))).status).not.toBe('granted');
		},
	);

	it.each([
		[429, granted, { status: 'slowDown' }],
		[502, granted, { status: 'unreachable', reason: 'HTTP 502', mayPass: true }],
		[302, '', { status: 'unreachable', reason: 'HTTP 302', mayPass: true }],
		[
			200,
			'<html>',
			{ status: 'unreachable', reason: 'not an answer of the platform', mayPass: true },
		],
	])('is none with status %i', (status, body, answer) => {
		expect(readPolled({ status, body })).toEqual(answer);
	});
});

test.each([
	['a\nb\t c ', 'a b c'],
	['\u202eevil\u0007', 'evil'],
	['\ud800half', 'half'],
	['👩'.repeat(300), '👩'.repeat(200)],
	['x'.repeat(1e6), 'x'.repeat(200)],
	[{}, ''],
	[7, '7'],
])('A reason is one line of at most 200 characters (case %#)', (text, reason) => {
	expect(reasonIn(text)).toBe(reason);
});

test.each(['=x', '', 'a b', 'a\u00a0b', 'é', '\u0000'])('%j is no word', (text) => {
	expect(wordIn(text)).toBeUndefined();
});

describe('Whatever the answer', () => {
	const names = [
		'errcode,errmsg,nonce,device_code,verification_uri_complete,expires_in,interval,status',
		'client_id,client_secret,fail_reason,user_info,open_id,tenant_brand,error,error_description',
		'data,scode,auth_url,bot_info,botid,secret,__proto__,toString,constructor',
	].flatMap((list) => list.split(','));
	const known = fc.constantFrom<unknown>(
		...['SUCCESS', 'FAIL', 'EXPIRED', 'success', 'lark', 'slow_down', 'access_denied', 'device-1'],
		...['https://open.feishu.cn/x', 'https://dingtalk.com', 'https://work.weixin.qq.com/?s=1', '0'],
		...[0, -1, 1e308, 5, true, null, undefined, 'x'.repeat(100_000), '\ud800', '={{ 1 }}'],
	);
	const hostile = (depth: number): fc.Arbitrary<unknown> =>
		depth === 0
			? known
			: fc.oneof(
					{ weight: 3, arbitrary: known },
					fc.string({ unit: 'binary', maxLength: 50 }),
					fc.double(),
					fc.anything({ maxDepth: 1, withBigInt: false }),
					{
						weight: 3,
						arbitrary: fc.dictionary(fc.constantFrom(...names), hostile(depth - 1), {
							maxKeys: 12,
						}),
					},
				);
	const changed = fc
		.tuple(
			fc.constantFrom(
				...readingNames.flatMap((name) => [readings[name].begun, readings[name].granted]),
			),
			fc.dictionary(fc.constantFrom(...names), hostile(2), { maxKeys: 3 }),
		)
		.map(([sound, change]): unknown => ({ ...sound, ...change }));
	const responses = fc.record({
		status: fc.oneof(fc.constantFrom(200, 400, 429, 500), fc.integer({ min: 100, max: 599 })),
		body: fc.oneof(changed, hostile(3)),
	});

	/** What is read, or the declared error; any other one fails the test. */
	const outcomeOf = (read: () => unknown): unknown => {
		try {
			return read();
		} catch (error) {
			if (error instanceof RegistrationError) return { ...error, message: error.message };
			throw error;
		}
	};

	judged(
		'a reading gives something small, or the declared error',
		3000,
		fc.property(responses, fc.constantFrom(...readingNames), (response, name) => {
			const { readBegun, readPolled, registrationUrl } = readings[name];
			const outcomes = [
				outcomeOf(() => readNonce(response)),
				outcomeOf(() => readBegun(response, { registrationUrl })),
				readPolled(response),
			];
			for (const outcome of outcomes) {
				const text = JSON.stringify(outcome);
				if (text.length > 3000) throw new Error(`${text.length} characters`);
				expect(JSON.parse(text)).toEqual(outcome);
			}
		}),
	);

	/** So that most codes are read. */
	const anyDomain = { codeDomains: 'feishu.cn, dingtalk.com, work.weixin.qq.com' };

	judged(
		'a code’s times and address are within their bounds',
		1000,
		fc.property(
			fc.constantFrom(...readingNames),
			hostile(1),
			hostile(1),
			fc.oneof(fc.constant('https://open.feishu.cn/x'), hostile(1)),
			(name, expires_in, interval, address) => {
				const reading = readings[name];
				const body = { ...(withAddress(reading, address) as object), expires_in, interval };
				const outcome = outcomeOf(() => reading.readBegun(ok(body), anyDomain));
				if (!Object.hasOwn(outcome as object, 'deviceCode')) return;
				const code = outcome as RegistrationCode;
				expect(code.expiresInMs).toBeGreaterThanOrEqual(30_000);
				expect(code.expiresInMs).toBeLessThanOrEqual(600_000);
				expect(code.intervalMs).toBeGreaterThanOrEqual(1000);
				// It is asked for before it expires.
				expect(code.intervalMs).toBeLessThanOrEqual(code.expiresInMs / 2);
				expect(new URL(code.address).protocol).toBe('https:');
				expect(code.address.length).toBeLessThanOrEqual(1200);
			},
		),
	);
});
