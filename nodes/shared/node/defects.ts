import { ExecutionBaseError, OperationalError, UserError, type FunctionsBase } from 'n8n-workflow';
import { defectOf, type Defect } from '../../../core/common/defects';
import { strikeSecrets } from '../../../core/common/redact';
import { SendError } from '../errors';

/** Writes a bug into n8n's log. The stack stands in the message: n8n prints nothing else by default. */
export function logDefect(ctx: FunctionsBase, { where, message, stack }: Defect): void {
	const words = `${ctx.getNode().name}: a defect at ${where}: ${stack || message}`;
	ctx.logger.error(strikeSecrets(words), {
		workflowId: ctx.getWorkflow().id,
		executionId: ctx.getExecutionId(),
	});
}

/** n8n's classes for wrong input, and for a service or a person that said no. */
const FORESEEN = [ExecutionBaseError, OperationalError, UserError];

/**
 * Logs the defects among the errors of a batch, each place once. An item's `error` has no stack, and n8n keeps
 * none of an item that left by the error output.
 */
export function logDefects(ctx: FunctionsBase, errors: unknown[]): void {
	const defects = errors
		.map((error) => (error instanceof SendError ? error.cause : error))
		.filter((error) => !FORESEEN.some((known) => error instanceof known))
		.map((error) => defectOf('an item', error));
	const places = new Map(defects.map((defect) => [defect.stack || defect.message, defect]));
	for (const defect of places.values()) logDefect(ctx, defect);
}
