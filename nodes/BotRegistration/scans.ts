import { randomBytes } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { LeastRecentlyUsed } from '../../core/common/leastRecentlyUsed';
import type { RegistrationFlow } from '../../core/registration/flow';
import { currentOf, type CurrentScan, type Scan } from '../../core/registration/scan';
import { newSealKey } from '../../core/registration/seal';
import { asFields } from '../../protocol/fields';
import type { Platform } from '../../protocol/message';

/*
 * Which scan of a platform counts, and how far it is. The page carries the scan; n8n keeps its id with the workflow,
 * and this process knows the latest answer, so that an older page asks no sooner than the newest.
 */

/** By platform. n8n writes static data when an execution ends, and the later of two takes the other's place. */
const current = new Map<Platform, CurrentScan>();

/** The latest that is known of a scan, by its id. */
const latest = new LeastRecentlyUsed<RegistrationFlow>(100);

/** Looks under way, by the scan's id: whoever comes meanwhile gets the same outcome. */
const looks = new Map<string, Promise<unknown>>();

/** The key that pages are sealed with: made once, and kept by n8n with the workflow. */
export function sealKeyOf(ctx: IExecuteFunctions): string {
	const kept = ctx.getWorkflowStaticData('node');
	if (typeof kept.sealKey !== 'string') kept.sealKey = newSealKey();
	return kept.sealKey as string;
}

function note(ctx: IExecuteFunctions, platform: Platform, scan: CurrentScan): void {
	current.set(platform, scan);
	const kept = ctx.getWorkflowStaticData('node');
	kept.scans = { ...asFields(kept.scans), [platform]: { ...scan } };
}

/** A scan begins, and ends the one before it. */
export function beginScan(ctx: IExecuteFunctions, begun: Omit<Scan, 'id'>, now: number): Scan {
	const scan = { ...begun, id: randomBytes(12).toString('base64url') };
	note(ctx, scan.platform, { id: scan.id, at: now });
	latest.set(scan.id, scan.flow);
	return scan;
}

export function isCurrent(ctx: IExecuteFunctions, { id, platform }: Scan): boolean {
	const kept = asFields(ctx.getWorkflowStaticData('node').scans)[platform];
	return currentOf(current.get(platform), kept)?.id === id;
}

/** The platform is asked no more. A scan that has begun meanwhile goes on. */
export function endScan(ctx: IExecuteFunctions, scan: Scan, now: number): void {
	if (isCurrent(ctx, scan)) note(ctx, scan.platform, { id: '', at: now });
	latest.delete(scan.id);
}

/** The flow of a scan: this process may know more than the page that is looked at. */
export const flowOf = ({ id, flow }: Scan): RegistrationFlow => latest.get(id) ?? flow;

export function noteFlow({ id }: Scan, flow: RegistrationFlow): void {
	latest.set(id, flow);
}

/** One look at a scan at a time: the same page in two windows asks once. */
export async function oneLook<T>({ id }: Scan, look: () => Promise<T>): Promise<T> {
	const underWay = looks.get(id) as Promise<T> | undefined;
	if (underWay) return await underWay;
	const looking = look().finally(() => looks.delete(id));
	looks.set(id, looking);
	return await looking;
}
