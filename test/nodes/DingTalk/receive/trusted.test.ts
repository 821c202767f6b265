import { dingTalk } from '../../platforms';

/* Where answers may go: a message brings the address, and whoever knows the secret can write any. */

const callback = dingTalk.callbackOf({} as never);
const own = { ...dingTalk.credentials.dingTalkAppApi, oapiBaseUrl: 'http://10.0.0.5:8080' };

/** The address that answers to such a message go to; undefined where it was not trusted. */
function keptOf(sessionWebhook: string): unknown {
	const { method, query, headers, body } = dingTalk.deliver({
		...(dingTalk.document({ id: 'm1' }) as object),
		sessionWebhook,
	});
	const request = { method, query, headers, body: Buffer.from(body) };
	const decoded = callback.decode(request, own as never, Date.now());
	return (
		(decoded as { message: { replyTo: object } }).message.replyTo as { sessionWebhook?: unknown }
	).sessionWebhook;
}

const PATH = '/robot/sendBySession?session=0a1b';

it.each([
	`https://oapi.dingtalk.com${PATH}`,
	`https://api.dingtalk.com${PATH}`,
	`https://oapi.dingtalk.io${PATH}`,
	`http://10.0.0.5:8080${PATH}`,
])('%s is trusted', (url) => {
	expect(keptOf(url)).toBe(url);
});

it.each([
	`http://oapi.dingtalk.com${PATH}`,
	`https://oapi.dingtalk.com:8443${PATH}`,
	`https://oapi.dingtalk.com:443${PATH}`,
	`https://somebody@oapi.dingtalk.com${PATH}`,
	`https://somebody:secret@oapi.dingtalk.com${PATH}`,
	`http://somebody@10.0.0.5:8080${PATH}`,
	`https://@oapi.dingtalk.com${PATH}`,
	`https://oapi.dingtalk.com.${PATH}`,
	`https://oapi。dingtalk。com${PATH}`,
	`https://oapi%2edingtalk.com${PATH}`,
	`HTTPS://OAPI.DINGTALK.COM${PATH}`,
	` https://oapi.dingtalk.com${PATH}`,
	`https://oapi.dingtalk.com/\t${PATH}`,
	`https:\\\\oapi.dingtalk.com${PATH}`,
	`https://oapi.dingtalk.com/../x${PATH}`,
	`https://oapi.dingtalk.com.evil.test${PATH}`,
	`https://evildingtalk.com${PATH}`,
	`https://evil.test/oapi.dingtalk.com${PATH}`,
	`https://evil.test#.dingtalk.com${PATH}`,
	`http://10.0.0.5${PATH}`,
	`javascript:alert(1)`,
])('%s is not', (url) => {
	expect(keptOf(url)).toBeUndefined();
});
