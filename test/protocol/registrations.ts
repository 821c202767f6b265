import * as dingtalk from '../../protocol/dingtalk/registration';
import * as feishu from '../../protocol/feishu/registration';
import type {
	RegistrationAnswer,
	RegistrationCode,
	RegistrationQuestion,
	RegistrationResponse,
} from '../../protocol/registration';
import * as wecom from '../../protocol/wecom/registration';

/* The readings of the three platforms in one form, so that one test serves them all. */

export interface Reading {
	/** An answer as the platform gives it. */
	begun: Record<string, unknown>;
	granted: Record<string, unknown>;
	/** Its own address, and one of the platform elsewhere. */
	registrationUrl: string;
	address: string;
	values: Record<string, string>;
	times: { expiresInMs: number; intervalMs: number };
	readBegun(response: RegistrationResponse, changed?: Record<string, string>): RegistrationCode;
	readPolled(
		response: RegistrationResponse,
		question?: Partial<RegistrationQuestion>,
	): RegistrationAnswer;
}

const times = { expires_in: 600, interval: 5 };
const code = (address: string) => ({
	device_code: 'device-1',
	verification_uri_complete: address,
	...times,
});

export const readings: Record<'dingtalk' | 'feishu' | 'wecom', Reading> = {
	dingtalk: {
		begun: {
			errcode: 0,
			errmsg: 'ok',
			...code('https://open-dev.dingtalk.com/openapp?user_code=U'),
		},
		granted: { errcode: 0, status: 'SUCCESS', client_id: 'ding1', client_secret: 'S-1' },
		registrationUrl: dingtalk.registrationDefaults.registrationUrl,
		address: 'https://open-dev.dingtalk.com/openapp?user_code=U',
		values: {
			clientId: 'ding1',
			clientSecret: 'S-1',
			baseUrl: 'https://api.dingtalk.com',
			oapiBaseUrl: 'https://oapi.dingtalk.com',
		},
		times: { expiresInMs: 600_000, intervalMs: 5000 },
		readBegun: (response, changed) =>
			dingtalk.readBegun(response, { ...dingtalk.registrationDefaults, ...changed }),
		readPolled: (response) => dingtalk.readPolled(response, dingtalk.registrationDefaults),
	},
	feishu: {
		begun: code('https://open.feishu.cn/page/launcher?user_code=U'),
		granted: { client_id: 'cli_1', client_secret: 'S-1', user_info: { open_id: 'ou_1' } },
		registrationUrl: feishu.registrationDefaults.registrationUrl,
		address:
			'https://open.feishu.cn/page/launcher?user_code=U&from=sdk&source=node-sdk%2Fn8n-nodes-clawbot&tp=sdk&addons=A&createOnly=true',
		values: { appId: 'cli_1', appSecret: 'S-1', baseUrl: 'https://open.feishu.cn' },
		times: { expiresInMs: 600_000, intervalMs: 5000 },
		readBegun: (response, changed) =>
			feishu.readBegun(
				response,
				{ ...feishu.registrationDefaults, ...changed },
				{ addons: 'A', ...(changed?.appId && { appId: changed.appId }) },
			),
		readPolled: (response, question) =>
			feishu.readPolled(response, feishu.registrationDefaults, {
				deviceCode: 'device-1',
				...question,
			}),
	},
	wecom: {
		begun: {
			data: { scode: 'device-1', auth_url: 'https://work.weixin.qq.com/ai/qc/c?s=device-1' },
		},
		granted: { data: { status: 'success', bot_info: { botid: 'aib1', secret: 'S-1' } } },
		registrationUrl: wecom.registrationDefaults.registrationUrl,
		address: 'https://work.weixin.qq.com/ai/qc/c?s=device-1',
		values: { botId: 'aib1', secret: 'S-1', websocketUrl: 'wss://openws.work.weixin.qq.com' },
		times: { expiresInMs: 300_000, intervalMs: 3000 },
		readBegun: (response, changed) =>
			wecom.readBegun(response, { ...wecom.registrationDefaults, ...changed }),
		readPolled: (response) => wecom.readPolled(response, wecom.registrationDefaults),
	},
};

export const readingNames = Object.keys(readings) as Array<keyof typeof readings>;

export const ok = (body: unknown): RegistrationResponse => ({ status: 200, body });

/** A platform's answer with another address in the place of its own. */
export const withAddress = ({ begun }: Reading, address: unknown): unknown =>
	'data' in begun
		? { data: { ...(begun.data as object), auth_url: address } }
		: { ...begun, verification_uri_complete: address };
