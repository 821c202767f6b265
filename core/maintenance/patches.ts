import type { Host } from '../common/hosts';
import type { MaintenanceTask } from './tasks';

/** A task for each host: its patches. */
export function planPatches(hosts: Host[]): MaintenanceTask[] {
	return hosts.map((host) => ({
		title: host.role === '' ? host.name : `${host.name} (${host.role})`,
		host,
		variables: {},
	}));
}
