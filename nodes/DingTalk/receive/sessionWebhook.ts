import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

/** DingTalk's own hosts; a private edition's is the one of the credential. */
const OFFICIAL_HOST = /^([a-z0-9-]+\.)*dingtalk\.(com|io)$/;

/**
 * Whether an answer may go to this address: to DingTalk's own hosts, or the credential's. Only as it is written
 * there: what is checked here is read again by whoever sends, perhaps in another way.
 */
export function trusts(credential: ICredentialDataDecryptedObject, url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { hostname, href, origin, password, port, protocol, username } = new URL(url);
	if (href !== url || username !== '' || password !== '') return false;
	if (protocol === 'https:' && port === '' && OFFICIAL_HOST.test(hostname)) return true;
	const own = String(credential.oapiBaseUrl);
	return URL.canParse(own) && origin === new URL(own).origin;
}
