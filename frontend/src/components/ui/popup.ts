// How everything that floats over the page looks: menus, selects, popovers, tooltips.

export const popupClasses =
  'rounded-lg border border-line bg-surface text-ink shadow-floating outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0'

export const backdropClasses =
  'fixed inset-0 z-40 bg-black/35 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60'
