import {
	callbackCrypto,
	feishuCrypto,
	http,
	startBot,
	type Received,
	type TestSandbox,
} from './helpers';

/** A bot that acknowledges at once and answers `Answer to: …` through each platform's own reply API. */
export async function startAnsweringBot(sandbox: TestSandbox) {
	const { accounts } = sandbox.world;

	const dingtalk = async ({ body }: Received) => {
		const { sessionWebhook, text } = JSON.parse(body);
		await http.post(sessionWebhook, {
			msgtype: 'markdown',
			markdown: { title: 'Answer', text: `Answer to: ${text.content.trim()}` },
		});
	};

	const feishu = async ({ body }: Received) => {
		const { encryptKey, appId, appSecret, baseUrl } = accounts.feishuAppApi;
		const { event } = JSON.parse(feishuCrypto.open(encryptKey, JSON.parse(body).encrypt));
		const tokenUrl = `${baseUrl}/open-apis/auth/v3/tenant_access_token/internal`;
		const token = (await http.post(tokenUrl, { app_id: appId, app_secret: appSecret })).data
			.tenant_access_token;
		const { text } = JSON.parse(event.message.content);
		await http.post(
			`${baseUrl}/open-apis/im/v1/messages/${event.message.message_id}/reply`,
			{ msg_type: 'text', content: JSON.stringify({ text: `Answer to: ${text}` }) },
			{ headers: { authorization: `Bearer ${token}` } },
		);
	};

	const wecom = async ({ body }: Received) => {
		const { encodingAesKey, corpId, secret, agentId, baseUrl } = accounts.weComAppApi;
		const encrypt = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(body)![1]!;
		const xml = callbackCrypto.open(encodingAesKey, encrypt).text;
		const field = (name: string) =>
			new RegExp(`<${name}><!\\[CDATA\\[([\\s\\S]*?)\\]\\]></${name}>`).exec(xml)![1];
		const tokenUrl = `${baseUrl}/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${secret}`;
		const token = (await http.get(tokenUrl)).data.access_token;
		await http.post(`${baseUrl}/cgi-bin/message/send?access_token=${token}`, {
			touser: field('FromUserName'),
			msgtype: 'text',
			agentid: Number(agentId),
			text: { content: `Answer to: ${field('Content')}` },
		});
	};

	const aibot = async ({ body }: Received) => {
		const { encodingAesKey } = accounts.weComAiBotApi;
		const message = JSON.parse(callbackCrypto.open(encodingAesKey, JSON.parse(body).encrypt).text);
		await http.post(message.response_url, {
			msgtype: 'markdown',
			markdown: { content: `Answer to: ${message.text.content}` },
		});
	};

	const answers: Record<string, (received: Received) => Promise<void>> = {
		'/dingtalk': dingtalk,
		'/feishu': feishu,
		'/wecom': wecom,
		'/wecom-aibot': aibot,
	};
	const bot = await startBot((received) => {
		answers[received.url.pathname]!(received).catch(() => undefined);
		return {};
	});
	const callbacks = ['dingtalk', 'feishu', 'wecom', 'wecom-aibot'].map((name) => [
		name,
		`${bot.origin}/${name}`,
	]);
	Object.assign(sandbox.world.callbacks, Object.fromEntries(callbacks));
	return bot;
}
