import { type Control, http, type TestSandbox } from './helpers';

/** The simulated servers of a registration, asked as a program does that shows a code. */

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

export const BEGIN = {
	action: 'begin',
	archetype: 'PersonalAgent',
	auth_method: 'client_secret',
	request_user_info: 'open_id',
};

/** Asks Feishu's server or, by `host`, Lark's. */
export const askFeishu = (
	{ origin }: TestSandbox,
	form: Record<string, string>,
	{ host = 'feishu', headers = FORM }: { host?: string; headers?: Record<string, string> } = {},
) =>
	http.post(`${origin}/${host}/oauth/v1/app/registration`, new URLSearchParams(form).toString(), {
		headers,
	});

export const askDingTalk = ({ origin }: TestSandbox, step: string, body: object) =>
	http.post(`${origin}/dingtalk/oapi/app/registration/${step}`, body);

export const askWeCom = ({ origin }: TestSandbox, step: string, query: Record<string, string>) =>
	http.get(`${origin}/wecom/ai/qc/${step}?${new URLSearchParams(query)}`);

/** What a program knows of a code that it shows. */
export interface Begun {
	address: string;
	deviceCode: string;
}

/** One platform's registration, with the same words for all. */
export interface RegisteringCase {
	platform: 'dingtalk' | 'feishu' | 'wecom';
	begin(sandbox: TestSandbox): Promise<Begun>;
	poll(sandbox: TestSandbox, deviceCode: string): Promise<Polled>;
	/** What it says to a code that nobody has. */
	unknown: object;
	/** In the words of the platform. */
	says: Record<'waiting' | 'denied' | 'expired' | 'used', object>;
	path: string;
}

export interface Polled {
	said: Record<string, unknown>;
	id?: string;
	secret?: string;
}

export const registeringCases: RegisteringCase[] = [
	{
		platform: 'dingtalk',
		path: 'poll',
		async begin(sandbox) {
			const { data: init } = await askDingTalk(sandbox, 'init', { source: 'JUDGE' });
			const { data } = await askDingTalk(sandbox, 'begin', { nonce: init.nonce });
			return { address: data.verification_uri_complete, deviceCode: data.device_code };
		},
		async poll(sandbox, deviceCode) {
			const { data } = await askDingTalk(sandbox, 'poll', { device_code: deviceCode });
			return { said: data, id: data.client_id, secret: data.client_secret };
		},
		unknown: { errcode: 400002 },
		says: {
			waiting: { errcode: 0, status: 'WAITING' },
			denied: { errcode: 0, status: 'FAIL' },
			expired: { errcode: 0, status: 'EXPIRED' },
			used: { errcode: 0, status: 'FAIL' },
		},
	},
	{
		platform: 'feishu',
		path: 'registration',
		async begin(sandbox) {
			const { data } = await askFeishu(sandbox, BEGIN);
			return { address: data.verification_uri_complete, deviceCode: data.device_code };
		},
		async poll(sandbox, deviceCode) {
			const { data } = await askFeishu(sandbox, { action: 'poll', device_code: deviceCode });
			return { said: data, id: data.client_id, secret: data.client_secret };
		},
		unknown: { error: 'invalid_grant' },
		says: {
			waiting: { error: 'authorization_pending' },
			denied: { error: 'access_denied' },
			expired: { error: 'expired_token' },
			used: { error: 'invalid_grant' },
		},
	},
	{
		platform: 'wecom',
		path: 'query_result',
		async begin(sandbox) {
			const { data } = await askWeCom(sandbox, 'generate', { source: 'judge', plat: '3' });
			return { address: data.data.auth_url, deviceCode: data.data.scode };
		},
		async poll(sandbox, deviceCode) {
			const { data } = await askWeCom(sandbox, 'query_result', { scode: deviceCode });
			const bot = data.data?.bot_info;
			return { said: data, id: bot?.botid, secret: bot?.secret };
		},
		unknown: { errcode: 40058 },
		says: {
			waiting: { data: { status: 'init' } },
			denied: { data: { status: 'cancelled' } },
			expired: { data: { status: 'expired' } },
			used: { data: { status: 'expired' } },
		},
	},
];

/** The pause between two questions is of no interest to a test, unless it is what the test is about. */
export const hurry = async (control: Control) =>
	await control.put('/registration-settings', {
		dingtalk: { intervalMs: 1 },
		feishu: { intervalMs: 1 },
		wecom: { intervalMs: 1 },
	});
