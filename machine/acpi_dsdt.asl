// SPDX-License-Identifier: MIT
// acpi_dsdt.asl - the ACPI description of the `pc` board: what sits behind PCI, how PCI interrupts are
// routed, power-off. Source: ACPI specification 1.0b, chapters 6 and 7; PCI routes: devices/pci.h.
// acpi_dsdt.c holds it compiled: `make dsdt` writes it again.

DefinitionBlock ("", "DSDT", 1, "EMU386", "PC", 1)
{
    Name (\_S5, Package () { 0, 0, 0, 0 })      // SUS_TYP of soft off

    Scope (\_PR)
    {
        Processor (CPU0, 0, 0, 0) { }
    }

    Scope (\_SB)
    {
        Device (PCI0)
        {
            Name (_HID, EisaId ("PNP0A03"))
            Name (_UID, 0)
            Name (_CRS, ResourceTemplate ()
            {
                WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xFF, 0, 0x100)
                IO (Decode16, 0x0CF8, 0x0CF8, 1, 8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                        0, 0x0000, 0x0CF7, 0, 0x0CF8)
                WordIO (ResourceProducer, MinFixed, MaxFixed, PosDecode, EntireRange,
                        0, 0x0D00, 0xFFFF, 0, 0xF300)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
                             0, 0x000A0000, 0x000BFFFF, 0, 0x00020000)
                DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, NonCacheable, ReadWrite,
                             0, 0xE0000000, 0xFEBFFFFF, 0, 0x1EC00000, , , HOLE)
            })

            // The pin of slot s drives PIRQ (s + pin) mod 4 less one: LNKA for INTA of slot 1.
            // PIRQs of four slots, and then again. Slot 1's INTA is the power management's SCI.
            Name (_PRT, Package ()
            {
#define SLOT(S, A, B, C, D)                                                                        \
                Package () { S, 0, A, 0 }, Package () { S, 1, B, 0 },                  \
                Package () { S, 2, C, 0 }, Package () { S, 3, D, 0 }
                SLOT (0x0001FFFF, LNKS, LNKB, LNKC, LNKD), SLOT (0x0002FFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x0003FFFF, LNKC, LNKD, LNKA, LNKB), SLOT (0x0004FFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x0005FFFF, LNKA, LNKB, LNKC, LNKD), SLOT (0x0006FFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x0007FFFF, LNKC, LNKD, LNKA, LNKB), SLOT (0x0008FFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x0009FFFF, LNKA, LNKB, LNKC, LNKD), SLOT (0x000AFFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x000BFFFF, LNKC, LNKD, LNKA, LNKB), SLOT (0x000CFFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x000DFFFF, LNKA, LNKB, LNKC, LNKD), SLOT (0x000EFFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x000FFFFF, LNKC, LNKD, LNKA, LNKB), SLOT (0x0010FFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x0011FFFF, LNKA, LNKB, LNKC, LNKD), SLOT (0x0012FFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x0013FFFF, LNKC, LNKD, LNKA, LNKB), SLOT (0x0014FFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x0015FFFF, LNKA, LNKB, LNKC, LNKD), SLOT (0x0016FFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x0017FFFF, LNKC, LNKD, LNKA, LNKB), SLOT (0x0018FFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x0019FFFF, LNKA, LNKB, LNKC, LNKD), SLOT (0x001AFFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x001BFFFF, LNKC, LNKD, LNKA, LNKB), SLOT (0x001CFFFF, LNKD, LNKA, LNKB, LNKC),
                SLOT (0x001DFFFF, LNKA, LNKB, LNKC, LNKD), SLOT (0x001EFFFF, LNKB, LNKC, LNKD, LNKA),
                SLOT (0x001FFFFF, LNKC, LNKD, LNKA, LNKB)
            })

            Device (ISA)
            {
                Name (_ADR, 0x00010000)
                OperationRegion (P40C, PCI_Config, 0x60, 4)
                Field (P40C, ByteAcc, NoLock, Preserve)
                {
                    PRQA, 8, PRQB, 8, PRQC, 8, PRQD, 8
                }

                Device (RTC)
                {
                    Name (_HID, EisaId ("PNP0B00"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0070, 0x0070, 1, 2)
                        IRQNoFlags () { 8 }
                    })
                }
                Device (KBD)
                {
                    Name (_HID, EisaId ("PNP0303"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0060, 0x0060, 1, 1)
                        IO (Decode16, 0x0064, 0x0064, 1, 1)
                        IRQNoFlags () { 1 }
                    })
                }
                Device (MOU)
                {
                    Name (_HID, EisaId ("PNP0F13"))
                    Name (_CRS, ResourceTemplate () { IRQNoFlags () { 12 } })
                }
                Device (FDC0)
                {
                    Name (_HID, EisaId ("PNP0700"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x03F2, 0x03F2, 0, 4)
                        IO (Decode16, 0x03F7, 0x03F7, 0, 1)
                        IRQNoFlags () { 6 }
                        DMA (Compatibility, NotBusMaster, Transfer8) { 2 }
                    })
                }
                Device (LPT1)
                {
                    Name (_HID, EisaId ("PNP0400"))
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x0378, 0x0378, 8, 8)
                        IRQNoFlags () { 7 }
                    })
                }
                Device (COM1)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 1)
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x03F8, 0x03F8, 0, 8)
                        IRQNoFlags () { 4 }
                    })
                }
                Device (COM2)
                {
                    Name (_HID, EisaId ("PNP0501"))
                    Name (_UID, 2)
                    Name (_CRS, ResourceTemplate ()
                    {
                        IO (Decode16, 0x02F8, 0x02F8, 0, 8)
                        IRQNoFlags () { 3 }
                    })
                }
            }
        }

        // A link: which interrupt a PIRQ is routed to is the ISA bridge's register (bit 7: to none).
#define LINK(NAME, UID, REG)                                                                       \
        Device (NAME)                                                                              \
        {                                                                                          \
            Name (_HID, EisaId ("PNP0C0F"))                                                        \
            Name (_UID, UID)                                                                       \
            Name (_PRS, ResourceTemplate ()                                                        \
            {                                                                                      \
                Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) { 5, 10, 11 }              \
            })                                                                                     \
            Method (_STA, 0, NotSerialized)                                                        \
            {                                                                                      \
                If (And (\_SB.PCI0.ISA.REG, 0x80)) { Return (0x09) }                               \
                Return (0x0B)                                                                      \
            }                                                                                      \
            Method (_DIS, 0, NotSerialized)                                                        \
            {                                                                                      \
                Or (\_SB.PCI0.ISA.REG, 0x80, \_SB.PCI0.ISA.REG)                                    \
            }                                                                                      \
            Method (_CRS, 0, Serialized)                                                           \
            {                                                                                      \
                Name (BUF, ResourceTemplate ()                                                     \
                {                                                                                  \
                    Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) { 0 }                  \
                })                                                                                 \
                CreateDWordField (BUF, 0x05, IRQN)                                                 \
                If (LNot (And (\_SB.PCI0.ISA.REG, 0x80)))                                          \
                {                                                                                  \
                    Store (And (\_SB.PCI0.ISA.REG, 0x0F), IRQN)                                    \
                }                                                                                  \
                Return (BUF)                                                                       \
            }                                                                                      \
            Method (_SRS, 1, NotSerialized)                                                        \
            {                                                                                      \
                CreateDWordField (Arg0, 0x05, IRQN)                                                \
                Store (IRQN, \_SB.PCI0.ISA.REG)                                                    \
            }                                                                                      \
        }
        LINK (LNKA, 1, PRQA)
        LINK (LNKB, 2, PRQB)
        LINK (LNKC, 3, PRQC)
        LINK (LNKD, 4, PRQD)

        Device (LNKS)                           // SCI: hard-wired
        {
            Name (_HID, EisaId ("PNP0C0F"))
            Name (_UID, 5)
            Name (_PRS, ResourceTemplate ()
            {
                Interrupt (ResourceConsumer, Level, ActiveHigh, Shared) { 9 }
            })
            Method (_STA, 0, NotSerialized) { Return (0x0B) }
            Method (_DIS, 0, NotSerialized) { }
            Method (_CRS, 0, NotSerialized) { Return (_PRS) }
            Method (_SRS, 1, NotSerialized) { }
        }
    }
}
