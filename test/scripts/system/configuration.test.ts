import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CREDENTIALS, SETTINGS, buildCredentials } from '../../../scripts/system/credentials';
import { n8nSettings, parseEnv } from '../../../scripts/system/env';

const root = join(__dirname, '..', '..', '..');
const accounts = {
	feishuAppApi: {
		appId: 'cli_sandbox',
		appSecret: 'sandbox',
		baseUrl: 'http://127.0.0.1:1/feishu',
	},
	clawBotModelApi: {
		provider: 'custom',
		baseUrl: 'http://127.0.0.1:1/model/v1',
		apiKey: 'sk-sandbox',
	},
};
const byType = (credentials: Array<{ type: string }>, type: string) =>
	credentials.find((credential) => credential.type === type);

describe('reading .env', () => {
	it.each([
		['A=1', { A: '1' }],
		['  export A = plain value  ', { A: 'plain value' }],
		['A=value # a remark', { A: 'value' }],
		['A=with#inside', { A: 'with#inside' }],
		['A="two\\nlines \\"quoted\\" \\\\"', { A: 'two\nlines "quoted" \\' }],
		["A='as # it is \\n'", { A: 'as # it is \\n' }],
		['A=', {}],
		['# only a remark\n\n\r\nA=1\r\nB=2', { A: '1', B: '2' }],
		['\uFEFFA=1', { A: '1' }],
		['A=x=y==', { A: 'x=y==' }],
	])('%j', (text, expected) => {
		expect(parseEnv(text)).toEqual(expected);
	});

	it.each([
		['A=1\nnonsense', 'line 2'],
		['A="open', 'line 1'],
	])('refuses %j and names the place', (text, place) => {
		expect(() => parseEnv(text)).toThrow(place);
	});

	it('hands n8n its own settings and nothing else', () => {
		const variables = {
			N8N_LOG_LEVEL: 'debug',
			WEBHOOK_URL: 'https://a',
			CLAWBOT_MODEL_API_KEY: 'x',
			PATH: 'y',
		};
		expect(n8nSettings(variables)).toEqual({ N8N_LOG_LEVEL: 'debug', WEBHOOK_URL: 'https://a' });
	});
});

describe('credentials from .env', () => {
	it('are the sandbox accounts when nothing is set', () => {
		const credentials = buildCredentials(accounts, {});
		expect(byType(credentials, 'feishuAppApi')).toEqual({
			id: 'clawbot-feishuAppApi',
			name: 'ClawBot Feishu App',
			type: 'feishuAppApi',
			data: { ...accounts.feishuAppApi, keepAlive: true },
			real: false,
		});
		expect(credentials).toHaveLength(2);
	});

	it('never mix real and simulated values: no sandbox address reaches a real account', () => {
		const credentials = buildCredentials(accounts, {
			CLAWBOT_FEISHU_APP_ID: 'cli_real',
			CLAWBOT_FEISHU_APP_SECRET: 'real',
			CLAWBOT_FEISHU_VERIFICATION_TOKEN: 'real',
		});
		expect(byType(credentials, 'feishuAppApi')).toMatchObject({
			data: { appId: 'cli_real', appSecret: 'real', verificationToken: 'real' },
			real: true,
		});
		expect(byType(credentials, 'feishuAppApi')).not.toHaveProperty('data.baseUrl');
		expect(byType(credentials, 'clawBotModelApi')).toMatchObject({ real: false });
	});

	it('are refused when half filled in, naming what is missing', () => {
		expect(() => buildCredentials(accounts, { CLAWBOT_FEISHU_APP_ID: 'cli_real' })).toThrow(
			'CLAWBOT_FEISHU_APP_SECRET',
		);
	});

	it('are refused when a variable is mistyped', () => {
		expect(() => buildCredentials(accounts, { CLAWBOT_FEISHU_APPID: 'x' })).toThrow(
			'CLAWBOT_FEISHU_APPID',
		);
	});

	it('never repeat a value in a refusal', () => {
		const attempt = () => buildCredentials(accounts, { CLAWBOT_FEISHU_APP_SECRET: 'canary-5e1f' });
		expect(attempt).toThrow();
		expect(attempt).not.toThrow('canary-5e1f');
	});

	it('can each be set by a variable that .env.example explains, and it explains no other', () => {
		const text = readFileSync(join(root, '.env.example'), 'utf8');
		const explained = [...text.matchAll(/^(CLAWBOT_\w+)=/gm)].map(([, name]) => name);
		const known = [
			...CREDENTIALS.flatMap(({ variables }) => Object.values(variables)),
			...SETTINGS,
		];
		expect(explained.sort()).toEqual(known.sort());
		expect(parseEnv(text)).toEqual({ GENERIC_TIMEZONE: 'Asia/Shanghai' });
	});

	it('have a variable for each field of the sandbox account', () => {
		const sandbox = JSON.parse(
			readFileSync(join(root, 'sandbox', 'accounts.json'), 'utf8'),
		) as Record<string, object>;
		const fields = Object.fromEntries(
			CREDENTIALS.map(({ type, variables }) => [type, Object.keys(variables).sort()]),
		);
		const expected = Object.fromEntries(
			Object.entries(sandbox).map(([type, data]) => [type, Object.keys(data).sort()]),
		);
		expect(fields).toEqual(expected);
	});
});
