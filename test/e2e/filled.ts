import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths } from '../../scripts/machine/paths';
import { dependencies, readWorkflows } from '../../scripts/workflows/workflows';

export interface Filled {
	name: string;
	type: string;
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each type of node has others
	parameters: any;
}

/**
 * Some of the bundled workflows, and all that they call, as an operator fills them in: in a new folder,
 * which the caller removes.
 */
export function filledIn(wanted: string[], fill: (node: Filled) => void): string {
	const folder = mkdtempSync(join(tmpdir(), 'clawbot-workflows-'));
	const byId = new Map(readWorkflows(paths.workflows).map((entry) => [entry.workflow.id, entry]));
	// A set takes up what is added while it is gone through.
	const used = new Set(wanted);
	for (const id of used) {
		const { file, workflow } = byId.get(id)!;
		for (const other of dependencies(workflow)) used.add(other);
		for (const node of workflow.nodes as Filled[]) fill(node);
		writeFileSync(join(folder, file), JSON.stringify(workflow));
	}
	return folder;
}

/** All bundled workflows, whose delivery triggers start them only when they are told. */
export const onlyWhenTold = (alsoFill: (node: Filled) => void = () => {}): string =>
	filledIn(
		readWorkflows(paths.workflows).map(({ workflow }) => workflow.id),
		(node) => {
			if (node.type === 'n8n-nodes-clawbot.deliveryTrigger') node.parameters.safetyLook = 3600;
			alsoFill(node);
		},
	);

export const everySeconds = (secondsInterval: number): object => ({
	interval: [{ field: 'seconds', secondsInterval }],
});
