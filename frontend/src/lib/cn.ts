import { type ClassValue, clsx } from 'clsx'
import { twMerge } from 'tailwind-merge'

/** Class names in one string; of two that say the same thing, the later stays. */
export const cn = (...classes: ClassValue[]): string => twMerge(clsx(classes))
