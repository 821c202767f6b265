import { request } from 'node:http';
import fc from 'fast-check';
import { Inbox } from '../../../../nodes/shared/receive/inbox';
import { logged } from '../../../harness';
import { until } from '../../../sandbox/helpers';
import { startWebhooks, type WebhookRunner } from '../../../webhooks';
import { HOUR, changed, platforms, post, tampered, type Answer, type Wire } from '../../platforms';

/** The one refusal, whatever was wrong. */
const REFUSED = { status: 401, body: '{"error":"unauthorized"}' };
/** Not the caller's fault: it is asked to come again. */
const UNAVAILABLE = { status: 503, body: '{"error":"unavailable"}' };
const MAX_BODY_BYTES = 1024 * 1024;

describe.each(platforms)('$name Trigger', (platform) => {
	let runner: WebhookRunner;
	let refusal: Answer;

	const start = async (
		options: Record<string, unknown> = {},
		{ events = ['message'], credentials = platform.credentials, name = 'Trigger' } = {},
	): Promise<void> => {
		await runner?.close();
		const parameters = { ...platform.parameters, events, options } as never;
		runner = await startWebhooks([{ type: platform.trigger, name, parameters }], credentials);
	};
	const send = async (wire: Wire): Promise<Answer> => await post(runner.url, wire);

	beforeAll(async () => {
		await start();
		refusal = await send({ method: 'POST', query: {}, headers: {}, body: 'who goes there' });
	});
	beforeEach(async () => await start());
	afterAll(async () => await runner.close());

	it('takes a message in and acknowledges it as the platform expects', async () => {
		const answer = await send(platform.message({ id: 'm1', text: '你好', conversation: 'c1' }));
		expect(answer.status).toBe(200);
		expect(platform.acknowledged(answer.body)).toBe(true);
		expect(runner.executions).toHaveLength(1);
		expect(runner.messages()).toEqual([
			expect.objectContaining({ kind: 'message', messageId: 'm1', text: '你好' }),
		]);
		expect(runner.messages()[0]).not.toHaveProperty('raw');
	});

	it('refuses a request that proves nothing', () => {
		expect(refusal).toMatchObject(REFUSED);
	});

	for (const [attack, wire, credentials] of platform.attacks) {
		it(`refuses ${attack} like every other, and starts nothing`, async () => {
			if (credentials) await start({}, { credentials });
			expect(await send(wire())).toEqual(refusal);
			expect(runner.executions).toEqual([]);
		});
	}

	it('refuses a body that is no JSON', async () => {
		const { headers, ...wire } = platform.deliver('{"half":');
		const plain = { ...headers, 'content-type': 'application/octet-stream' };
		expect(await send({ ...wire, headers: plain })).toEqual(refusal);
		expect(runner.executions).toEqual([]);
	});

	it('lets n8n turn away a JSON request that is no JSON, before the node sees it', async () => {
		const wire = { ...platform.message({ id: 'm1' }), body: '{"half":' };
		expect((await send(wire)).status).toBe(422);
		expect(runner.executions).toEqual([]);
	});

	it('refuses a body of over 1 MB, announced or not', async () => {
		const wire = platform.message({ id: 'm1', text: 'x'.repeat(MAX_BODY_BYTES) });
		expect(await send(wire)).toEqual(refusal);
		expect(await sendChunked(runner.url, wire)).toMatchObject(REFUSED);
		expect(runner.executions).toEqual([]);
	});

	it('takes in a body of nearly 1 MB in chunks', async () => {
		const wire = platform.message({ id: 'm1', text: 'x'.repeat(MAX_BODY_BYTES / 2) });
		expect(await sendChunked(runner.url, wire)).toMatchObject({ status: 200 });
	});

	/** What the log says of a node, each entry with its level. */
	const errorsOf = (name: string): string[] =>
		logged.filter((line) => line.startsWith('error') && line.includes(name));

	it('answers 503, starts nothing and logs the error where the credential cannot be read', async () => {
		const name = `${platform.name} without a credential`;
		await start({}, { credentials: {}, name });
		expect(await send(platform.message({ id: 'm1' }))).toMatchObject(UNAVAILABLE);
		expect(runner.executions).toEqual([]);
		expect(errorsOf(name)).toEqual([expect.stringMatching(/credential.*\n\s+at /i)]);
	});

	describe('with a defect in its decoder', () => {
		const getNodeParameter = (parameter: string): unknown => platform.parameters?.[parameter];
		const callback = platform.callbackOf({ getNodeParameter } as never);
		const careless = (): never => {
			const payload = {} as { event: { message: string } };
			return payload.event.message as never;
		};

		it('answers 503, starts nothing and logs the stack, once a minute at most', async () => {
			const name = `${platform.name} with a defect`;
			await start({}, { name });
			const decode = jest.spyOn(callback, 'decode').mockImplementation(careless);
			const answers = [await send(platform.message({ id: 'm1' }))];
			answers.push(await send(platform.message({ id: 'm1' })));
			decode.mockRestore();
			for (const answer of answers) expect(answer).toMatchObject(UNAVAILABLE);
			expect(runner.executions).toEqual([]);
			expect(errorsOf(name)).toEqual([
				expect.stringMatching(/TypeError: .*\n\s+at .*webhook\.test\.ts/),
			]);
		});

		it('logs it again after a minute, also where the clock was set back meanwhile', async () => {
			const name = `${platform.name} with a defect and a clock`;
			await start({}, { name });
			const decode = jest.spyOn(callback, 'decode').mockImplementation(careless);
			await send(platform.message({ id: 'm1' }));
			const elapsed = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000);
			const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - HOUR);
			await send(platform.message({ id: 'm1' }));
			for (const spy of [decode, elapsed, clock]) spy.mockRestore();
			expect(errorsOf(name)).toHaveLength(2);
		});

		it('takes the message when it comes again to a mended one', async () => {
			const decode = jest.spyOn(callback, 'decode').mockImplementationOnce(careless);
			const wire = platform.message({ id: 'm1' });
			expect((await send(wire)).status).toBe(503);
			decode.mockRestore();
			expect(platform.acknowledged((await send(wire)).body)).toBe(true);
			expect(runner.messages()).toEqual([expect.objectContaining({ messageId: 'm1' })]);
		});

		it('does not take a forged request for a defect (control)', async () => {
			const name = `${platform.name} without a defect`;
			await start({}, { name });
			for (const [, wire] of platform.attacks.slice(0, 3))
				expect(await send(wire())).toEqual(refusal);
			expect(errorsOf(name)).toEqual([]);
		});
	});

	it('asks for a message again, by 500 or 503, that could not be stored', async () => {
		let fail!: () => void;
		const gate = new Promise<void>((_, reject) => (fail = () => reject(new Error('disk full'))));
		runner.store = async () => await gate;
		const first = send(platform.message({ id: 'm1' }));
		await until(() => runner.pending() === 1);
		const admit = jest.spyOn(Inbox.prototype, 'admit');
		const second = send(platform.message({ id: 'm1' }));
		await until(() => admit.mock.calls.length === 1);
		admit.mockRestore();
		fail();
		expect([(await first).status, (await second).status]).toEqual([500, 503]);
	});

	it('takes in a message of a type that nobody knows, as unknown', async () => {
		if (!platform.unknownType) return;
		expect((await send(platform.unknownType())).status).toBe(200);
		expect(runner.messages()).toEqual([expect.objectContaining({ contentType: 'unknown' })]);
	});

	it('answers a probe itself', async () => {
		if (!platform.probe) return;
		const { credentials } = platform.probe;
		if (credentials) await start({}, { credentials });
		const { status, body } = await send(platform.probe.wire());
		expect(status).toBe(200);
		expect(platform.probe.answered(body)).toBe(true);
		expect(runner.executions).toEqual([]);
	});

	it('acknowledges an event that is not ticked, and starts nothing', async () => {
		if (!platform.event) return;
		expect((await send(platform.event('user_add_org'))).status).toBe(200);
		expect(runner.executions).toEqual([]);
	});

	it('takes in an event that is ticked, and then no message', async () => {
		if (!platform.event) return;
		await start({}, { events: ['event'] });
		await send(platform.event('user_add_org'));
		const answer = await send(platform.message({ id: 'm1' }));
		expect(platform.acknowledged(answer.body)).toBe(true);
		expect(runner.messages()).toEqual([expect.objectContaining({ kind: 'event' })]);
	});

	it('drops a message that is too old, and acknowledges it', async () => {
		const answer = await send(platform.message({ id: 'm1', sentAt: Date.now() - 9 * HOUR }));
		expect(platform.acknowledged(answer.body)).toBe(true);
		expect(runner.executions).toEqual([]);
	});

	it('flags a message that is too old where the option says so', async () => {
		await start({ olderMessages: 'flag', maxAgeMinutes: 10 });
		await send(platform.message({ id: 'm1', sentAt: Date.now() - HOUR }));
		await send(platform.message({ id: 'm2', sentAt: Date.now() - 60_000 }));
		const [old, young] = runner.messages();
		expect(old).toMatchObject({ messageId: 'm1', stale: true });
		expect(young).toMatchObject({ messageId: 'm2' });
		expect(young).not.toHaveProperty('stale');
	});

	it('adds the platform’s own payload where the option says so', async () => {
		await start({ includeRaw: true });
		await send(platform.message({ id: 'm1', text: 'look inside' }));
		expect(JSON.stringify(runner.messages()[0]!.raw)).toContain('look inside');
	});

	it('keeps every secret of the credential out of items, answers and the log', async () => {
		await start({ includeRaw: true }, { events: ['message', 'event', 'action'] });
		const answers = [await send(platform.message({ id: 'm1' }))];
		if (platform.event) answers.push(await send(platform.event('user_add_org')));
		for (const [, wire] of platform.attacks) answers.push(await send(wire()));
		const seen = JSON.stringify([runner.executions, answers, runner.staticData, logged]);
		const secrets = Object.values(platform.credentials)
			.flatMap((data) => Object.entries(data))
			.filter(([name]) => /secret|token|key$/i.test(name))
			.map(([, value]) => String(value));
		expect(secrets.length).toBeGreaterThan(0);
		expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
	});

	it('neither fails over nor believes whatever a stranger sends', async () => {
		const strange = fc.record({
			method: fc.constantFrom('POST', 'GET'),
			query: fc.dictionary(queryName, fc.string()),
			headers: fc.dictionary(headerName, headerValue),
			body: fc.oneof(fc.string(), fc.json()),
		});
		await fc.assert(
			fc.asyncProperty(strange, async (wire) => {
				expect(await send(wire)).toMatchObject(REFUSED);
				expect(runner.executions).toEqual([]);
			}),
			{ numRuns: 60 },
		);
	});

	it('neither fails over nor invents whatever document the platform sends', async () => {
		const field = fc.oneof(fc.string(), fc.integer(), fc.jsonValue(), fc.constant(undefined));
		const names = Object.keys(platform.document({ id: 'x' }));
		const document = fc
			.dictionary(fc.constantFrom(...names), field)
			.map((changes) => ({ ...platform.document({ id: 'x' }), ...changes }));
		await fc.assert(
			fc.asyncProperty(document, async (value) => {
				const before = runner.executions.length;
				const { status } = await send(platform.deliver(value));
				expect([200, 401]).toContain(status);
				for (const { error, items } of runner.executions.slice(before)) {
					expect(error).toBeUndefined();
					for (const { json } of items) {
						expect(json).toMatchObject({ messageId: expect.stringMatching(/./) });
					}
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('refuses bytes that are no text without failing', async () => {
		const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80, 0x7d]).toString('latin1');
		const wire = platform.deliver(bytes);
		const plain = { ...wire.headers, 'content-type': 'application/octet-stream' };
		expect(await send(tampered(wire, { headers: plain }))).toEqual(refusal);
	});

	it('says on publishing what is missing in the credential, and nothing where all is there', async () => {
		await expect(runner.publish()).resolves.toBeUndefined();
		const blank = Object.fromEntries(
			Object.keys(Object.values(platform.credentials)[0]!).map((name) => [name, '']),
		);
		await start({}, { credentials: changed(platform.credentials, blank) });
		await expect(runner.publish()).rejects.toThrow(/credential/);
	});
});

const queryName = fc.constantFrom(
	'signature',
	'msg_signature',
	'timestamp',
	'nonce',
	'echostr',
	'x',
);
const headerName = fc.constantFrom(
	'timestamp',
	'sign',
	'x-lark-signature',
	'content-encoding',
	'x-a',
);
const headerValue = fc.string({
	unit: fc.constantFrom('a', 'Z', '0', '=', '+', '-'),
	maxLength: 40,
});

/** Without a content-length, in pieces. */
async function sendChunked(url: string, { headers, query, body }: Wire): Promise<Partial<Answer>> {
	const target = new URL(url);
	for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
	return await new Promise((resolve, reject) => {
		const sending = request(target, { method: 'POST', headers }, (response) => {
			let text = '';
			response.on('data', (chunk) => (text += chunk));
			response.on('end', () => resolve({ status: response.statusCode, body: text }));
		});
		sending.on('error', reject);
		const bytes = Buffer.from(body);
		for (let at = 0; at < bytes.length; at += 65_536)
			sending.write(bytes.subarray(at, at + 65_536));
		sending.end();
	});
}
