import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';

/**
 * The test of a group robot's credential. A robot has no call that proves its address without writing to
 * the group, so only its form can be tested.
 * @param form what a right address holds
 * @param part which part of the address that is, for the message
 */
export function testGroupRobot(form: RegExp, part: string) {
	return async function (
		this: ICredentialTestFunctions,
		credential: ICredentialsDecrypted,
	): Promise<INodeCredentialTestResult> {
		const url = String(credential.data?.webhookUrl ?? '');
		if (!/^https?:\/\//.test(url) || !form.test(url)) {
			return {
				status: 'Error',
				message: `Webhook URL must be the whole address with its ${part}, as the robot's page shows it`,
			};
		}
		return { status: 'OK', message: 'The address is well formed; send a message to be sure' };
	};
}
