import type { Accounts } from '../accounts.ts';
import { callbackSignature, type CallbackAccount, open } from '../callback-crypto.ts';

/** Callbacks of a self-built app are sealed for the corp id. */
export const appAccount = ({ weComAppApi: app }: Accounts): CallbackAccount => ({
	token: app.token,
	aesKey: app.encodingAesKey,
	receiverId: app.corpId,
});

/** Callbacks of an AI bot have an empty receiver id. */
export const aiBotAccount = ({ weComAiBotApi: bot }: Accounts): CallbackAccount => ({
	token: bot.token,
	aesKey: bot.encodingAesKey,
	receiverId: '',
});

/** Text inside CDATA; `]]>` would end it and is split over two sections. */
export const cdata = (text: string) => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

/** One element's text from a bot's passive reply; the sandbox needs no more of XML than this. */
export function elementText(xml: string, name: string): string | undefined {
	const inner = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(xml)?.[1];
	return inner?.replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, '$1').trim();
}

/** Checks the signature of a passive reply and opens it. @throws with what is wrong. */
export function openReply(
	account: CallbackAccount,
	reply: { encrypt?: string; signature?: string; timestamp?: string; nonce?: string },
): string {
	const { encrypt, signature, timestamp, nonce } = reply;
	if (!encrypt || !signature || !timestamp || nonce === undefined)
		throw new Error('a field is missing');
	if (callbackSignature(account.token, timestamp, nonce, encrypt) !== signature)
		throw new Error('signature');
	return open(account, encrypt);
}
