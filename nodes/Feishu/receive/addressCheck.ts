import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { credentialKey } from '../../shared/http/tokens';

/*
 * Feishu checks the address of a callback when somebody saves it in the console, and signs nothing then. To
 * answer means to decrypt what anybody may have sent. It is therefore over with the first event that is signed:
 * from then on the address is known to be Feishu's. Whoever saves it again publishes the workflow before that.
 */

const signed = new LeastRecentlyUsed<true>(MAX_CREDENTIALS);

/** Whether a body without a signature is looked at. */
export const takesAddressChecks = (credential: ICredentialDataDecryptedObject): boolean =>
	!signed.get(credentialKey(credential));

export function endAddressChecks(credential: ICredentialDataDecryptedObject): void {
	signed.set(credentialKey(credential), true);
}

export function beginAddressChecks(credential: ICredentialDataDecryptedObject): void {
	signed.delete(credentialKey(credential));
}
