import type { OperationsNotification } from '../common/notification';
import { randomText, readScopes } from './apiKeys';
import { UNAUTHORIZED, type TokenAnswer } from './answers';
import { REVOKED } from './decide';
import { readGrant, readRefreshToken } from './grants';
import { signToken, type TokenDomain } from './jwt';
import type { TokenRequest } from './request';
import type { SigningKey } from './signingKeys';

/**
 * The answer to a request, by what was really saved for it.
 * @param saved the row as the table gave it back; anything else where nothing was saved
 * @param key signs
 */
export function issue(
	request: TokenRequest,
	saved: unknown,
	{ key, domain, now }: { key: SigningKey; domain: TokenDomain; now: number },
): { answer: TokenAnswer; notification?: OperationsNotification } {
	if (request.kind === 'revoke') return { answer: REVOKED };
	const grant = readGrant(saved);
	const next = readRefreshToken(request.next);
	// Another one was quicker with the same refresh token: that one has been answered.
	if (!grant || !next) return { answer: UNAUTHORIZED };
	if (grant.status === 'revoked') return { answer: UNAUTHORIZED, notification: reused(grant) };
	if (grant.refreshHash !== next.hash) return { answer: UNAUTHORIZED };
	const issuedAt = Math.floor(now / 1000);
	const expiresAt = issuedAt + grant.lifeSeconds;
	const { client, keyId, grantId } = grant;
	const scopes = readScopes(grant.scopes);
	const claims = { tokenId: randomText(16), client, keyId, grantId, scopes, issuedAt, expiresAt };
	return {
		answer: {
			status: 200,
			body: {
				access_token: signToken(claims, domain, key),
				token_type: 'Bearer',
				expires_in: grant.lifeSeconds,
				expires_at: new Date(expiresAt * 1000).toISOString(),
				refresh_token: request.next,
				refresh_expires_in: Math.floor((grant.refreshUntilMs - now) / 1000),
				scope: grant.scopes,
			},
		},
	};
}

function reused({
	client,
	keyId,
	grantId,
}: {
	client: string;
	keyId: string;
	grantId: string;
}): OperationsNotification {
	const name = client.replace(/\s+/g, ' ').slice(0, 80);
	return {
		title: '令牌被重复使用 Refresh token used twice',
		text: [
			`🔑 客户端 “${name}” 的旧刷新令牌又被使用：可能已泄露，这一组令牌已全部作废。`,
			`An old refresh token of “${name}” (key ${keyId}) was used again. It may have been stolen: all tokens of that grant are revoked.`,
			'办法 How: 问清该客户端是否重复使用了旧令牌；若不是，请更换其 API key。 Ask the client whether it kept an old token; if not, change its API key.',
		].join('\n'),
		key: `refresh-reused:${grantId}`,
		priority: 'alert',
	};
}
