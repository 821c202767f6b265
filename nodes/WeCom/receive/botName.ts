import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { LeastRecentlyUsed, MAX_CREDENTIALS } from '../../../core/common/leastRecentlyUsed';
import { NameLearner } from '../../../protocol/wecom/botName';
import { credentialKey } from '../../shared/http/tokens';

/* The name of an AI bot: the credential's, else what its groups' messages have shown this process. */

const learners = new LeastRecentlyUsed<NameLearner>(MAX_CREDENTIALS);

/**
 * The bot's name; undefined while nobody knows it.
 * @param said the text of the group message that has come, from which the name is learned, too
 */
export function botNameOf(
	credential: ICredentialDataDecryptedObject,
	said: string | undefined,
): string | undefined {
	const own = String(credential.botName ?? '')
		.trim()
		.replace(/^@/, '');
	if (own) return own;
	const key = credentialKey(credential);
	const learner = learners.get(key) ?? new NameLearner();
	learners.set(key, learner);
	if (said !== undefined) learner.add(said);
	return learner.name;
}
