import { NodeConnectionTypes, type IDataObject, type INodeType } from 'n8n-workflow';
import type { INodeTypeDescription } from 'n8n-workflow';
import { classify } from '../../../../protocol/dingtalk/errors';
import { eachItem } from '../../../../nodes/shared/node/items';
import { redact, secretsIn } from '../../../../nodes/shared/http/secrets';
import { request } from '../../../../nodes/shared/http/transport';
import type { TokenRules } from '../../../../protocol/token';
import { logged, runWorkflow, type RunResult } from '../../../harness';
import { startServer, type Answerer, type TestServer } from '../../server';

/** Values that must not come out anywhere. */
const SECRET = 'canary-secret-0123456789';
const HOOK_TOKEN = 'canarytoken9876543210';
const ACCESS_TOKEN = 'canary-access-token-42';

let server: TestServer;
beforeEach(async () => (server = await startServer(() => ({}))));
afterEach(async () => await server.close());

const tokenRules: TokenRules = {
	method: 'POST',
	path: '/token',
	fields: { appSecret: 'clientSecret' },
	token: 'accessToken',
	seconds: 'expireIn',
	place: { header: 'token' },
};

interface CallerOptions {
	url?: string;
	timeout?: number;
	body?: IDataObject;
	withToken?: boolean;
	/** Another credential is another token. */
	name?: string;
}

/** A node that makes one request for each item, with or without an access token. */
function caller({
	url = server.origin,
	timeout,
	body = {},
	withToken: byToken,
	name = '',
}: CallerOptions): INodeType {
	const credential = {
		baseUrl: url,
		clientSecret: SECRET,
		name,
		webhookUrl: `${url}/robot?access_token=${HOOK_TOKEN}`,
	};
	return {
		description: {
			name: 'caller',
			displayName: 'Caller',
			version: 1,
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		} as unknown as INodeTypeDescription,
		async execute() {
			const post = async (path: string, token?: TokenRules): Promise<IDataObject> =>
				await request(this, {
					service: 'DingTalk',
					options: { method: 'POST', url: `${url}${path}`, body, timeout },
					classify,
					credential,
					itemIndex: 0,
					token,
				});
			return [
				await eachItem(this, 50, async () =>
					byToken
						? await post('/work', tokenRules)
						: await post(`/robot?access_token=${HOOK_TOKEN}`),
				),
			];
		},
	};
}

async function call(answer: Answerer, options: CallerOptions = {}, items = 1): Promise<RunResult> {
	server.answer = answer;
	return await runWorkflow([{ type: 'dingTalkTrigger' }, { type: 'test.caller' }], {
		items: Array.from({ length: items }, () => ({})),
		types: { 'test.caller': caller(options) },
	});
}

const failureIn = ({ error }: RunResult): IDataObject => error!.context!.failure as IDataObject;

describe('A request', () => {
	it('returns the body of a success', async () => {
		const { outputs } = await call(() => ({ body: { errcode: 0, id: '7' } }));
		expect(outputs.Caller![0]![0]!.json).toMatchObject({ id: '7' });
	});

	it('takes an error code within HTTP 200 for the error it is', async () => {
		const result = await call(() => ({ body: { errcode: 130101, errmsg: 'send too fast' } }));
		expect(result.error!.message).toBe('DingTalk: send too fast (130101)');
		expect(result.error!.description).toMatch(/20 messages a minute/);
		expect(failureIn(result)).toMatchObject({ class: 'rateLimited', retryAfterMs: 600_000 });
	});

	it('takes an HTTP status for an error where the body says nothing', async () => {
		const result = await call(() => ({ status: 502, body: 'Bad Gateway' }));
		expect(failureIn(result)).toMatchObject({ class: 'temporary', code: 'HTTP 502' });
	});

	it('does not follow a redirect: the credential would go along', async () => {
		const result = await call(() => ({ status: 302, headers: { location: `${server.origin}/x` } }));
		expect(result.status).toBe('error');
		expect(server.asked).toHaveLength(1);
	});

	it('says that the outcome is unknown where the answer does not come in time', async () => {
		const result = await call(() => undefined, { timeout: 100 });
		expect(failureIn(result)).toMatchObject({ class: 'unknownOutcome' });
	});

	it('says that the outcome is unknown where the connection breaks', async () => {
		const result = await call((_, response) => void response.destroy());
		expect(failureIn(result)).toMatchObject({ class: 'unknownOutcome', code: 'ECONNRESET' });
	});

	it('lets a defect of ours through: it is no failure of the network', async () => {
		const body: IDataObject = {};
		body.self = body;
		const result = await call(() => ({}), { body });
		expect(result.error!.message).toBe('Maximum call stack size exceeded');
		expect(result.error!.context?.failure).toBeUndefined();
		expect(server.asked).toEqual([]);
	});

	it('says that nothing was sent where nobody listens, and who it was', async () => {
		const { origin } = server;
		const gone = await startServer(() => ({}));
		await gone.close();
		const result = await call(() => ({}), { url: gone.origin });
		expect(origin).not.toBe(gone.origin);
		expect(failureIn(result)).toMatchObject({ class: 'temporary', code: 'ECONNREFUSED' });
		expect(result.error!.message).toBe('DingTalk: The connection could not be made (ECONNREFUSED)');
	});

	const echoes: Array<[string, Answerer]> = [
		['an error', () => ({ body: { errcode: 40035, errmsg: `bad ${SECRET} at ${HOOK_TOKEN}` } })],
		['an HTTP error', () => ({ status: 500, body: { message: `${SECRET} ${HOOK_TOKEN}` } })],
		['silence', () => undefined],
		['a broken connection', (_, response) => void response.destroy()],
	];
	it.each(echoes)('lets no secret out by %s that repeats it', async (_, answer) => {
		const { error, run } = await call(answer, { timeout: 100 });
		const everything = [
			JSON.stringify(error),
			JSON.stringify(run),
			error!.message,
			String(error!.stack),
			JSON.stringify(error!.context),
			logged.join('\n'),
		].join('\n');
		expect(everything).not.toContain(SECRET);
		expect(everything).not.toContain(HOOK_TOKEN);
	});

	it('would show a secret that is not struck out (control)', async () => {
		const { error } = await call(() => ({ body: { errcode: 40035, errmsg: 'bad other-secret' } }));
		expect(JSON.stringify(error)).toContain('other-secret');
	});
});

test('A secret at the cut of a long message is struck out whole', async () => {
	const errmsg = `${'x'.repeat(275)} ${SECRET}`;
	const { error } = await call(() => ({ body: { errcode: 40035, errmsg } }));
	expect(JSON.stringify(error)).not.toContain(SECRET.slice(0, 8));
});

test('Striking out takes the longest secret first', () => {
	const credential = { apiKey: 'sk-deepseek-CANARY', apiSecret: 'deepseek', provider: 'provider' };
	const options = { url: '', headers: { Authorization: 'Bearer signed.token.of.an.hour' } };
	expect(
		redact(
			'sk-deepseek-CANARY deepseek provider signed.token.of.an.hour',
			secretsIn(credential, options),
		),
	).toBe('*** *** provider ***');
});

test('Striking out leaves short and public values alone', () => {
	const credential = { clientSecret: SECRET, agentId: '1000', baseUrl: 'https://api.dingtalk.com' };
	const secrets = secretsIn(credential, {});
	expect(redact(`1000 at https://api.dingtalk.com: ${SECRET}`, secrets)).toBe(
		'1000 at https://api.dingtalk.com: ***',
	);
});

describe('An access token', () => {
	const tokenAnswer = { body: { accessToken: ACCESS_TOKEN, expireIn: 7200 } };
	const asked = (path: string) => server.asked.filter((entry) => entry.path === path).length;
	let name = 0;
	const byToken = async (answer: Answerer, items = 1): Promise<RunResult> =>
		await call(answer, { withToken: true, name: `app ${name}` }, items);
	beforeEach(() => name++);

	it('is fetched once for fifty items at once, and not again for the next run', async () => {
		const answer: Answerer = ({ path }) => (path === '/token' ? tokenAnswer : {});
		await byToken(answer, 50);
		await byToken(answer);
		expect([asked('/token'), asked('/work')]).toEqual([1, 51]);
		expect(server.asked.filter(({ headers }) => headers.token === ACCESS_TOKEN)).toHaveLength(51);
	});

	it.each([[{}], [{ accessToken: '' }], [{ accessToken: null }], [{ token: 'other' }]])(
		'that an answer of %j does not hold is a failure, and nothing is asked with it',
		async (body) => {
			const result = await byToken(() => ({ body }));
			expect(failureIn(result)).toMatchObject({ class: 'unclassified', code: 'noToken' });
			expect(asked('/work')).toBe(0);
		},
	);

	it('is fetched once more where the platform ended it early, for all items together', async () => {
		let current = 0;
		const { status } = await byToken(async ({ path, headers }) => {
			if (path === '/token') return { body: { accessToken: `token ${++current}`, expireIn: 7200 } };
			return headers.token === 'token 1' ? { body: { errcode: 42001, errmsg: 'expired' } } : {};
		}, 20);
		expect(status).toBe('success');
		expect(asked('/token')).toBe(2);
	});

	it('is not fetched a third time where the new one is refused too', async () => {
		const result = await byToken(({ path }) =>
			path === '/token' ? tokenAnswer : { body: { errcode: 42001, errmsg: 'expired' } },
		);
		expect(failureIn(result)).toMatchObject({ class: 'tokenExpired' });
		expect([asked('/token'), asked('/work')]).toEqual([2, 2]);
	});

	it('is fetched again after a fetch that failed', async () => {
		let down = true;
		const answer: Answerer = ({ path }) =>
			path === '/token' ? (down ? { status: 503 } : tokenAnswer) : {};
		expect((await byToken(answer, 5)).status).toBe('error');
		down = false;
		expect((await byToken(answer)).status).toBe('success');
	});

	it('is replaced before it ends', async () => {
		const answer: Answerer = ({ path }) =>
			path === '/token' ? { body: { accessToken: 'short', expireIn: 1 } } : {};
		await byToken(answer);
		const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 600);
		await byToken(answer);
		later.mockRestore();
		expect(asked('/token')).toBe(2);
	});

	it('is another for another credential', async () => {
		const answer: Answerer = ({ path }) => (path === '/token' ? tokenAnswer : {});
		await byToken(answer);
		name++;
		await byToken(answer);
		expect(asked('/token')).toBe(2);
	});
});
