import { excerpt } from '../common/redact';
import { asFields, asText } from '../../protocol/fields';
import type { Trial } from './change';

const CURE =
	'请确认 issue access tokens 已发布，且试用节点中的地址正确。 See that “issue access tokens” is published, and that the address in the node that tries is right.';

/**
 * What came of asking the token endpoint for a token with the new key.
 * @param answer `statusCode` and `body`, or the `error` of a request that was not answered
 */
export function readTrial(answer: unknown): Trial {
	const { statusCode, body, error } = asFields(answer);
	const { access_token: token, error: refusal } = asFields(body);
	const status = asText(statusCode);
	if (status === '200' && asText(token) !== '') return { works: true, reason: '' };
	const words = status
		? `HTTP ${status} ${asText(refusal)}`
		: asText(asFields(error).message) || asText(error) || 'no answer';
	return { works: false, reason: `${excerpt(words, 200)}\n${CURE}` };
}
