import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { isAesKey } from '../../../protocol/envelope';
import { isHttpCode, type Failure } from '../../../protocol/errors';
import { asText } from '../../../protocol/fields';
import { pastedKey, pastedUrl } from '../../../protocol/pasted';
import type { TokenSource } from './authenticate';
import { fetchJson } from './fetchJson';
import { redact, secretsIn } from './secrets';
import { missingToken, readToken, tokenRequest } from './tokenRequest';

/* Tests of credentials. A test names the field that is wrong, as the panel calls it, and what to do. */

type Data = ICredentialDataDecryptedObject;
/** What is wrong; undefined: nothing. */
type Fault = string | undefined;
/** What the platform's console lacks, though the credential is right. */
export type Hints = readonly string[];

/**
 * n8n's form of a test, of a node that names it as `testedBy`. Hints follow the message of a success: n8n's API
 * hands it on, its editor shows words of its own instead.
 */
export function credentialTest(
	faultOf: (data: Data) => Promise<Fault | Hints> | Fault | Hints,
	message: string,
) {
	return async (credential: ICredentialsDecrypted): Promise<INodeCredentialTestResult> => {
		const data = credential.data ?? {};
		const found = (await faultOf(data)) ?? [];
		const [status, said]: [INodeCredentialTestResult['status'], string] =
			typeof found === 'string' ? ['Error', found] : ['OK', [message, ...found].join('. ')];
		return { status, message: redact(said, secretsIn(data, {})) };
	};
}

/** A field of a credential: its name, and what the panel calls it. */
export type Field = readonly [name: string, label: string];

export function emptyField(data: Data, fields: readonly Field[]): Fault {
	const empty = fields.find(([name]) => pastedKey(data[name]) === '');
	return empty && `${empty[1]} is empty`;
}

/**
 * The two fields by which callbacks are decrypted: both or none, as they stand in the console.
 * @param where the console shows them
 */
export function wrongKeys(
	data: Data,
	[token, aesKey]: readonly [Field, Field],
	where: string,
): Fault {
	const [one, other] = [asText(data[token[0]]), asText(data[aesKey[0]])];
	if (!one && !other) return undefined;
	if (!one) return `${token[1]} is empty, but ${aesKey[1]} is not: receiving needs both (${where})`;
	if (!other)
		return `${aesKey[1]} is empty, but ${token[1]} is not: receiving needs both (${where})`;
	if (/\s|\p{Cf}/u.test(one))
		return `${token[1]} has blanks or invisible characters: copy it again`;
	if (isAesKey(other)) return undefined;
	return `${aesKey[1]} must be 43 letters and digits; this has ${other.length} characters (${where})`;
}

/** Base URLs that are no addresses. */
export function wrongUrl(data: Data, fields: readonly Field[]): Fault {
	const wrong = fields.find(([name]) => !URL.canParse(pastedUrl(data[name])));
	return wrong && `${wrong[1]} is no address: it begins with https://`;
}

/** Which field a code of the platform means, and what to do. */
export type FieldOfCode = ReadonlyArray<readonly [codes: RegExp, words: string]>;

/**
 * Asks the platform for a token, which proves id, secret and address.
 * @returns the token, or what is wrong
 */
export async function tryToken(
	data: Data,
	{ token: rules, classify, service }: TokenSource,
	fields: FieldOfCode,
): Promise<{ token: string } | { fault: string }> {
	const answer = await fetchJson(tokenRequest(data, rules));
	if ('class' in answer) return { fault: addressFault(answer) };
	const refusal = classify(answer);
	const meant = refusal && fields.find(([codes]) => codes.test(refusal.code));
	if (meant) return { fault: `${meant[1]} (${service}: ${refusal.message || refusal.code})` };
	if (refusal && refusal.class !== 'unclassified' && !isHttpCode(refusal.code)) {
		return { fault: `${service}: ${refusal.message} (${refusal.code}). ${refusal.cure}` };
	}
	const missing = refusal ?? missingToken(answer.body, rules);
	if (!missing) return { token: readToken(answer.body, rules).value };
	const said = missing.message ? `: ${missing.message}` : '';
	return { fault: `Base URL: this is not ${service}’s API (${missing.code}${said})`.slice(0, 300) };
}

/** A failure of the connection is one of the address. */
export const addressFault = ({ message, code, cure }: Failure): string =>
	`Base URL: ${message} (${code}). ${cure}`;
