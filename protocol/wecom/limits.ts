import { perHour, perMinute, type Charge } from '../limits';

export function robotCharges(robot: string): Charge[] {
	const name = '20 messages a minute by one group robot';
	return [{ key: `wecom robot ${robot}`, name, windows: [perMinute(20)] }];
}

/**
 * What an app sends to people. WeCom says `ok` to more than these limits and shows nobody the excess. Who
 * stands behind a department, a tag or `@all` is not known here: such messages are charged to nobody.
 */
export function appCharges(app: string, users: readonly string[]): Charge[] {
	return [
		{ key: `wecom app ${app}`, name: 'what WeCom takes from one app', windows: [] },
		...[...new Set(users)]
			.filter((user) => user !== '@all')
			.map((user) => ({
				key: `wecom member ${app} ${user}`,
				name: '30 messages a minute and 1000 an hour to one person',
				windows: [perMinute(30), perHour(1000)],
				codes: [],
			})),
	];
}
