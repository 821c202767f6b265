import { isPlatform } from '../../protocol/message';
import { PLATFORMS } from '../../protocol/platforms';

/** A platform as people know it, `钉钉 DingTalk`; any other name as it is. */
export function platformName(name: string): string {
	if (!isPlatform(name)) return name;
	const { chineseName, name: english } = PLATFORMS[name];
	return `${chineseName} ${english}`;
}
