import type { Policy } from './policy.ts';
import { v5_0 } from './v5.0.ts';
import { v5_2 } from './v5.2.ts';
import { v5_4 } from './v5.4.ts';
import { v5_11 } from './v5.11.ts';
import { v5_13 } from './v5.13.ts';
import { v5_18 } from './v5.18.ts';

/**
 * The versions before v6.1, oldest first. Each is the next one with patches that put older code
 * back; a patch bears the last version that had that code.
 */
export const v5Versions: readonly Policy[] = [v5_0, v5_2, v5_4, v5_11, v5_13, v5_18];
