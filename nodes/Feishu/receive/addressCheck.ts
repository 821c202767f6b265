import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { credentialKey } from '../../shared/http/tokens';

/*
 * Feishu checks the address of a callback when somebody saves it in the console, and signs nothing then. To
 * answer means to decrypt what anybody may have sent. It is therefore over with the first event that is signed:
 * from then on the address is known to be Feishu's. Whoever saves it again publishes the workflow before that.
 */

const signed = new Set<string>();

/** Whether a body without a signature is looked at. */
export const takesAddressChecks = (credential: ICredentialDataDecryptedObject): boolean =>
	!signed.has(credentialKey(credential));

export function endAddressChecks(credential: ICredentialDataDecryptedObject): void {
	signed.add(credentialKey(credential));
}

export function beginAddressChecks(credential: ICredentialDataDecryptedObject): void {
	signed.delete(credentialKey(credential));
}
