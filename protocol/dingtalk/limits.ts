import { perMinute, type Charge } from '../limits';

/** More than 20 messages a minute, and DingTalk silences the robot for 10 minutes. */
export function robotCharges(robot: string): Charge[] {
	const name = '20 messages a minute by one group robot';
	return [{ key: `dingtalk robot ${robot}`, name, windows: [perMinute(20)] }];
}

/** How fast a session may be answered is not published. */
export function sessionCharges(conversation: string): Charge[] {
	const name = 'what DingTalk takes for one conversation';
	return [{ key: `dingtalk session ${conversation}`, name, windows: [] }];
}

/** An app's limits depend on what the company has bought; a person's are not published. */
export function appCharges(app: string, users: readonly string[]): Charge[] {
	return [
		{ key: `dingtalk app ${app}`, name: 'what DingTalk takes from one app', windows: [] },
		...[...new Set(users)].map((user) => ({
			key: `dingtalk user ${app} ${user}`,
			name: 'what DingTalk lets one person get',
			windows: [],
			codes: ['flowControlledStaffIdList'],
		})),
	];
}
