/* Sizes of what WAMR allocates for a module and its instance: no larger than the host computes with. */
#include "tars_layout.h"

#include "bh_bitmap.h"
#include "wasm_interp.h"
#include "wasm_runtime.h"

#define AT_MOST(size, most) _Static_assert((size) <= (most), "hal/contract/layout.ts says less: " #most)

AT_MOST(sizeof(void *), TARS_LAYOUT_POINTER);
AT_MOST(offsetof(WASMInterpFrame, operand), TARS_LAYOUT_FRAME);
AT_MOST(sizeof(WASMModule), TARS_LAYOUT_MODULE);
AT_MOST(sizeof(WASMSection), TARS_LAYOUT_SECTION);
AT_MOST(sizeof(WASMImport), TARS_LAYOUT_IMPORT);
AT_MOST(sizeof(WASMFunction), TARS_LAYOUT_FUNCTION);
AT_MOST(sizeof(WASMTable), TARS_LAYOUT_TABLE);
AT_MOST(sizeof(WASMMemory), TARS_LAYOUT_MEMORY);
AT_MOST(sizeof(WASMGlobal), TARS_LAYOUT_GLOBAL);
AT_MOST(sizeof(WASMExport), TARS_LAYOUT_EXPORT);
AT_MOST(sizeof(WASMTableSeg), TARS_LAYOUT_ELEMENTS);
AT_MOST(sizeof(WASMDataSeg), TARS_LAYOUT_DATA);
AT_MOST(sizeof(InitializerExpression), TARS_LAYOUT_INITIAL);
AT_MOST(offsetof(WASMFuncType, types), TARS_LAYOUT_TYPE_HEAD);
AT_MOST(offsetof(WASMModuleInstance, global_table_data.bytes), TARS_LAYOUT_INSTANCE);
AT_MOST(sizeof(WASMModuleInstanceExtra), TARS_LAYOUT_INSTANCE_END);
AT_MOST(sizeof(WASMFunctionInstance), TARS_LAYOUT_INSTANCE_FUNCTION);
AT_MOST(sizeof(WASMGlobalInstance), TARS_LAYOUT_INSTANCE_GLOBAL);
AT_MOST(sizeof(WASMMemoryInstance), TARS_LAYOUT_INSTANCE_MEMORY);
AT_MOST(sizeof(WASMExportFuncInstance), TARS_LAYOUT_INSTANCE_EXPORT);
AT_MOST(offsetof(WASMTableInstance, elems), TARS_LAYOUT_INSTANCE_TABLE);
AT_MOST(offsetof(bh_bitmap, map), TARS_LAYOUT_BITMAP);
