/**
 * What mm/vmalloc.c (v6.1) does to a tree of vmap_areas and the list beside it, without locks. One
 * import for all of it; the parts are in the files named below.
 */
export {
  augment_tree_propagate_from,
  compute_subtree_max_size,
} from './vmap-area-augment.ts';
export {
  insert_vmap_area,
  insert_vmap_area_augment,
  unlink_va,
  unlink_va_augment,
} from './vmap-area-link.ts';
export { merge_or_add_vmap_area, merge_or_add_vmap_area_augment } from './vmap-area-merge.ts';
export {
  __find_vmap_area,
  classify_va_fit_type,
  find_vmap_area_exceed_addr,
  find_vmap_lowest_match,
  is_within_this_va,
} from './vmap-area-search.ts';
