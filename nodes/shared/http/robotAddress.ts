import { asText } from '../../../protocol/fields';
import { pastedKey, pastedUrl } from '../../../protocol/pasted';
import { credentialTest } from './credentialTest';

/**
 * The test of a group robot's credential. A robot has no call that proves its address without writing to
 * the group, so only its form can be tested.
 * @param form what a right address holds
 * @param part which part of the address that is, for the message
 * @param secret how a secret begins, where it always does so
 */
export function testGroupRobot(form: RegExp, part: string, secret = '') {
	return credentialTest((data) => {
		const url = pastedUrl(data.webhookUrl);
		if (!/^https?:\/\//.test(url) || !form.test(url)) {
			return `Webhook URL must be the whole address with its ${part}, as the robot's page shows it`;
		}
		const isSecret = pastedKey(asText(data.secret)).startsWith(secret);
		if (!asText(data.secret) || isSecret) return undefined;
		return `Secret begins with ${secret}: copy it from 安全设置 → 加签, or leave it empty`;
	}, 'The address is well formed; send a message to be sure');
}
