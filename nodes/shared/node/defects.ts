import type { FunctionsBase } from 'n8n-workflow';
import type { Defect } from '../../../core/common/defects';
import { strikeSecrets } from '../../../core/common/redact';

/** Writes a bug into n8n's log. The stack stands in the message: n8n prints nothing else by default. */
export function logDefect(ctx: FunctionsBase, { where, message, stack }: Defect): void {
	const words = `${ctx.getNode().name}: a defect at ${where}: ${stack || message}`;
	ctx.logger.error(strikeSecrets(words), { workflowId: ctx.getWorkflow().id });
}
