import { jwtVerify, SignJWT } from 'jose';
import { signToken, verifyToken, type TokenPayload } from '../../../core/accessTokens/jwt';

/* Another implementation of JWT reads what we sign, and signs what we read. */

const KEY = { kid: '2026-11', secret: 'a secret of thirty-two bytes and more: 机器人' };
const DOMAIN = { issuer: 'clawbot', audience: 'clawbot-robot-api' };
const secret = new TextEncoder().encode(KEY.secret);
const now = Math.floor(Date.now() / 1000);
const CLAIMS: TokenPayload = {
	tokenId: 'jti1',
	client: '客户系统',
	keyId: 'ck_1',
	grantId: 'g1',
	scopes: ['message:send', 'delivery:read'],
	issuedAt: now,
	expiresAt: now + 36_000,
};

it('jose reads our tokens', async () => {
	const { payload, protectedHeader } = await jwtVerify(signToken(CLAIMS, DOMAIN, KEY), secret, {
		algorithms: ['HS256'],
		typ: 'at+jwt',
		...DOMAIN,
		requiredClaims: ['exp', 'nbf', 'iat', 'jti', 'sub', 'client_id', 'scope', 'sid'],
		maxTokenAge: '1 minute',
	});
	expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: '2026-11' });
	expect(payload).toMatchObject({
		sub: '客户系统',
		scope: 'message:send delivery:read',
		exp: now + 36_000,
	});
});

it('jose refuses them with another secret, issuer or audience', async () => {
	const token = signToken(CLAIMS, DOMAIN, KEY);
	const other = new TextEncoder().encode(`${KEY.secret}.`);
	await expect(jwtVerify(token, other)).rejects.toThrow('signature');
	await expect(jwtVerify(token, secret, { issuer: 'other' })).rejects.toThrow('iss');
	await expect(jwtVerify(token, secret, { audience: 'other' })).rejects.toThrow('aud');
});

const joseToken = (header: { alg: string; typ: string; kid: string }, key = secret) =>
	new SignJWT({ client_id: 'ck_1', sid: 'g1', scope: 'message:send delivery:read' })
		.setProtectedHeader(header)
		.setIssuer(DOMAIN.issuer)
		.setAudience(DOMAIN.audience)
		.setSubject('客户系统')
		.setJti('jti1')
		.setIssuedAt(now)
		.setNotBefore(now)
		.setExpirationTime(now + 36_000)
		.sign(key);

it('We read the same of a token that jose signed', async () => {
	const token = await joseToken({ alg: 'HS256', typ: 'at+jwt', kid: KEY.kid });
	expect(verifyToken(token, [KEY], DOMAIN, now * 1000)).toEqual(CLAIMS);
});

it('We refuse what jose signed otherwise', async () => {
	for (const header of [
		{ alg: 'HS512', typ: 'at+jwt', kid: KEY.kid },
		{ alg: 'HS256', typ: 'JWT', kid: KEY.kid },
		{ alg: 'HS256', typ: 'at+jwt', kid: 'other' },
	]) {
		const token = await joseToken(header);
		expect(() => verifyToken(token, [KEY], DOMAIN, now * 1000)).toThrow('Refused');
	}
});
