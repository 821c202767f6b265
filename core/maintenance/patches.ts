import type { Host } from './hosts';
import type { Task } from './tasks';

/** A task for each host: its patches. */
export function planPatches(hosts: Host[]): Task[] {
	return hosts.map((host) => ({
		title: host.role === '' ? host.name : `${host.name} (${host.role})`,
		host,
		variables: {},
	}));
}
