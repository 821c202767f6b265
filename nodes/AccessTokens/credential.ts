import {
	NodeOperationError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type INodeCredentialTestResult,
} from 'n8n-workflow';
import { signToken, verifyToken, type TokenDomain } from '../../core/accessTokens/jwt';
import {
	BadSigningKeys,
	readSigningKeys,
	type SigningKey,
} from '../../core/accessTokens/signingKeys';
import { asText } from '../../protocol/fields';
import { credentialOf } from '../shared/http/credentials';
import { expected } from '../../core/common/defects';

const CREDENTIAL = {
	name: 'clawBotTokenSigningApi',
	displayName: 'ClawBot Token Signing API',
};

/** What signs and verifies. */
export interface SigningCredential {
	/** The first one signs. */
	keys: [SigningKey, ...SigningKey[]];
	domain: TokenDomain;
}

/** @throws NodeOperationError that says what to fill in, where the credential is of no use */
export async function signingOf(ctx: IExecuteFunctions): Promise<SigningCredential> {
	const data = await credentialOf(ctx, CREDENTIAL);
	try {
		return readSigning(data);
	} catch (error) {
		const { message } = expected(error, BadSigningKeys);
		throw new NodeOperationError(ctx.getNode(), message, {
			description: 'Correct the ClawBot Token Signing API credential.',
		});
	}
}

function readSigning(data: ICredentialDataDecryptedObject): SigningCredential {
	const [issuer, audience] = [asText(data.issuer).trim(), asText(data.audience).trim()];
	if (!issuer) throw new BadSigningKeys('Issuer is empty: name this installation');
	if (!audience)
		throw new BadSigningKeys('Audience is empty: name the API that the tokens are for');
	const keys = readSigningKeys(data.secretKeys) as SigningCredential['keys'];
	return { keys, domain: { issuer, audience } };
}

/** Signs and verifies once, as the nodes do. */
export function testCredential(
	data: ICredentialDataDecryptedObject,
	now: number,
): INodeCredentialTestResult {
	try {
		const { keys, domain } = readSigning(data);
		const issuedAt = Math.floor(now / 1000);
		const claims = {
			...{ tokenId: 'test', client: 'test', keyId: 'test', grantId: 'test', scopes: [] },
			...{ issuedAt, expiresAt: issuedAt + 60 },
		};
		verifyToken(signToken(claims, domain, keys[0]), keys, domain, now);
		const [first, ...others] = keys.map(({ kid }) => kid);
		const also = others.length > 0 ? `; ${others.join(', ')} verify too` : '';
		return { status: 'OK', message: `${first} signs${also}` };
	} catch (error) {
		return { status: 'Error', message: expected(error, BadSigningKeys).message };
	}
}
