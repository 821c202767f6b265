import stored from './accounts.json' with { type: 'json' };

/** accounts.json with `{sandbox}` replaced by the sandbox's origin. */
export type Accounts = typeof stored & {
	/** Every value that must never be shown. */
	secrets(): string[];
	/** The only query parameter or last path segment of a group robot's URL is its key. */
	robots: { dingtalkToken: string; feishuHook: string; wecomKey: string };
};

/** An account for the key + secret form of model authentication, which accounts.json has no row for. */
export const ZHIPU_ACCOUNT = {
	id: '5a4db0c5a4db0c5a4db0c5a4db0c5a4d',
	secret: 'sandboxZhipuSecr',
};

export function loadAccounts(origin: string): Accounts {
	const text = JSON.stringify(stored)
		.replaceAll('{sandbox}', origin)
		.replaceAll('{sandbox-ws}', origin.replace('http', 'ws'));
	const data = JSON.parse(text) as typeof stored;
	const robots = {
		dingtalkToken: new URL(data.dingTalkGroupRobotApi.webhookUrl).searchParams.get('access_token')!,
		feishuHook: data.feishuGroupRobotApi.webhookUrl.split('/').at(-1)!,
		wecomKey: new URL(data.weComGroupRobotApi.webhookUrl).searchParams.get('key')!,
	};
	const secrets = () => [
		...Object.values(robots),
		data.dingTalkAppApi.clientSecret,
		data.dingTalkAppApi.token,
		data.dingTalkAppApi.aesKey,
		data.dingTalkGroupRobotApi.secret,
		data.feishuAppApi.appSecret,
		data.feishuAppApi.encryptKey,
		data.feishuAppApi.verificationToken,
		data.feishuGroupRobotApi.secret,
		data.weComAppApi.secret,
		data.weComAppApi.token,
		data.weComAppApi.encodingAesKey,
		data.weComAiBotApi.secret,
		data.weComAiBotApi.token,
		data.weComAiBotApi.encodingAesKey,
		data.clawBotModelApi.apiKey,
		data.clawBotAliyunSmsApi.accessKeySecret,
		ZHIPU_ACCOUNT.secret,
	];
	return { ...data, robots, secrets };
}
