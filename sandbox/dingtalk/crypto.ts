import type { Accounts } from '../accounts.ts';
import { hmacSha256Base64 } from '../aes.ts';

/** Signs a group robot's URL and an inbound message's headers: the secret is key and message. */
export const robotSign = (secret: string, timestampMs: string) =>
	hmacSha256Base64(secret, `${timestampMs}\n${secret}`);

/** Event subscriptions of an internal app are sealed for its clientId. */
export const eventAccount = ({ dingTalkAppApi: app }: Accounts) => ({
	token: app.token,
	aesKey: app.aesKey,
	receiverId: app.clientId,
});
