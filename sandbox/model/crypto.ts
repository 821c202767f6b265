import { ZHIPU_ACCOUNT } from '../accounts.ts';
import { hmacSha256Base64Url } from '../aes.ts';

const decode = (part: string | undefined) => {
	try {
		return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;
	} catch {
		return {};
	}
};

/** `header.payload.signature` of Zhipu's form: HS256 over the first two, times in milliseconds. */
export const signJwt = (unsigned: string, secret: string) =>
	`${unsigned}.${hmacSha256Base64Url(secret, unsigned)}`;

/** True for a fresh token of the sandbox's Zhipu account; times in seconds do not pass. */
export function verifyJwt(jwt: string, nowMs: number): boolean {
	const [header, payload, signature, ...rest] = jwt.split('.');
	if (!signature || rest.length) return false;
	const { alg, sign_type: signType } = decode(header);
	const { api_key: id, exp, timestamp } = decode(payload);
	return (
		alg === 'HS256' &&
		signType === 'SIGN' &&
		id === ZHIPU_ACCOUNT.id &&
		Number(exp) > nowMs &&
		Math.abs(Number(timestamp) - nowMs) < 3_600_000 &&
		signJwt(`${header}.${payload}`, ZHIPU_ACCOUNT.secret) === jwt
	);
}
